import type { SpeechLanguage, SpeechRecognizer } from '../../../audio/recognition/index.ts';
import type { Transcriber } from '../transcriber.ts';
import { languageOf } from './language.ts';
import type { PracticeAgent } from './practiceAgent.ts';
import { spokenGrammar } from './sayable.ts';
import { StableWords } from './stableWords.ts';

export type PracticeTranscriberPorts = {
  /** Stays the caller's. */
  readonly recogniser: SpeechRecognizer;
  readonly agent: PracticeAgent;
};

const LIMITS =
  'Only a fixed set of English and French phrases is understood here, not free speech.';

/**
 * Writes down what the practice model understands at that moment of the conversation, and of everything
 * else nothing.
 */
export function createPracticeTranscriber({
  recogniser,
  agent,
}: PracticeTranscriberPorts): Transcriber {
  return {
    limits: LIMITS,
    prepare: (context) => {
      const grammar = spokenGrammar(context, agent);
      recogniser.prepare({ language: languageOf(context), grammar });
    },
    begin: ({ context, onDelta }) => {
      const language = languageOf(context);
      const stable = onDelta === undefined ? undefined : new StableWords(onDelta);
      const utterance = recogniser.begin({
        language,
        grammar: spokenGrammar(context, agent),
        ...(stable !== undefined && {
          onPartial: (text: string) => {
            stable.hear(written(text, language));
          },
        }),
      });
      const cancel = (): void => {
        utterance.cancel();
      };
      return {
        push: (samples) => {
          utterance.push(samples);
        },
        end: async (signal) => {
          signal.addEventListener('abort', cancel, { once: true });
          try {
            const heard = await utterance.end();
            if (heard.type === 'unknown') return { text: '' };
            return { text: written(heard.text, language), words: heard.words };
          } finally {
            signal.removeEventListener('abort', cancel);
          }
        },
        cancel,
      };
    },
  };
}

/** The recogniser has no capitals, and English has a word that is one. */
const written = (text: string, language: SpeechLanguage): string =>
  language === 'en' ? text.replaceAll(/\bi\b/gu, 'I') : text;
