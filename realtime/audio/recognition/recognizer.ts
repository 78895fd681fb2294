import type { Grammar, SpeechLanguage } from './grammar/index.ts';

/** What is going to be said. */
export type ExpectedSpeech = {
  readonly language: SpeechLanguage;
  /** All that can be understood of this utterance; the next one may bring another. */
  readonly grammar: Grammar;
};

export type RecognitionOptions = ExpectedSpeech & {
  /**
   * The words so far, at most every 100 ms and only when they change. What a partial text says may
   * still be taken back; only the result of `end` counts.
   */
  readonly onPartial?: (text: string) => void;
};

/** A word and when it was said, in milliseconds of the sound that was pushed. */
export type RecognisedWord = {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
};

/** What was said, or that it was none of what the grammar has (silence and noise included). */
export type Recognition =
  | {
      readonly type: 'recognised';
      /** The words as people write them: "l'agent", "p.m.". */
      readonly text: string;
      readonly words: readonly RecognisedWord[];
      /** How probable it is that they were said, 0 to 1; what is less probable than a half is unknown. */
      readonly confidence: number;
    }
  | { readonly type: 'unknown' };

/** One spoken turn. `end` and `cancel` end it; after that nothing that is pushed counts. */
export interface Utterance {
  /** Mono PCM16 as it comes, at 24 kHz unless told; 8 to 192 kHz, the same rate throughout. */
  push(samples: Int16Array, sampleRateHz?: number): void;
  /**
   * What was said. Throws a `ProductError` when the recogniser fails, and when the utterance was
   * cancelled. Calling it again gives the same answer.
   */
  end(): Promise<Recognition>;
  /** Nobody wants to know any more. Harmless at any time. */
  cancel(): void;
}

/**
 * Knows phrases of a finite grammar when it hears them, offline. It is no dictation: what the grammar
 * does not have is never written down, however clearly it is said, and the honest answer to it is
 * `unknown`.
 */
export interface SpeechRecognizer {
  /**
   * Somebody is soon going to say something of this: loads what it takes, so that the first words need
   * not wait for it. Cheap to call again, and harmless at any time; what goes wrong shows at `begin`.
   */
  prepare(expected: ExpectedSpeech): void;
  /** Begins an utterance. Any number may be open at a time; each is told apart. */
  begin(options: RecognitionOptions): Utterance;
  /** Frees the worker and its memory; utterances that are open fail. Closing twice does nothing. */
  close(): Promise<void>;
}
