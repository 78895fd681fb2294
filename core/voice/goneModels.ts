import type { ServerErrorBody } from '../../realtime/protocol/index.ts';
import type { SessionEvent } from '../../realtime/session/index.ts';
import { errorText } from '../base/index.ts';

/** When a model ends and what to set instead, where its end is known. */
export type ModelAdvice = (model: string, use: 'voice' | 'transcription') => string | undefined;

/** The models of one session; one that the server chooses is unknown. */
export type SessionModels = {
  readonly voice: string | undefined;
  readonly transcription: string | undefined;
};

const GONE_CODES: ReadonlySet<string | undefined> = new Set([
  'model_not_found',
  'invalid_model',
  'model_deprecated',
]);
/** Servers say it in many words, most of them without a code. */
const GONE_WORDS =
  /\bmodel\b.*\b(?:does not exist|not found|not supported|deprecated|no longer|shut ?down|retired|unknown)\b/isu;

function saysModelIsGone(message: string, code?: string): boolean {
  return GONE_CODES.has(code) || GONE_WORDS.test(message);
}

/** Adds to a provider's words that there is no such model what is known of the end of the one in use. */
export class GoneModels {
  readonly #advise: ModelAdvice;
  readonly #models: SessionModels;

  constructor(advise: ModelAdvice, models: SessionModels) {
    this.#advise = advise;
    this.#models = models;
  }

  /** Why a session could not be had. */
  describe(error: unknown): string {
    const message = errorText(error);
    const advice = saysModelIsGone(message) ? this.#anyAdvice(message) : undefined;
    return advice === undefined
      ? message
      : `${message}${/[.!?]$/u.test(message) ? '' : '.'} ${advice}`;
  }

  /** The event with such words in it. */
  explain(event: SessionEvent): SessionEvent {
    if (event.type === 'serverError') return { ...event, error: this.#explained(event.error) };
    if (event.type === 'transcriptFailed') {
      const advice = saysModelIsGone(event.message) ? this.#adviceOn('transcription') : undefined;
      return advice === undefined ? event : { ...event, message: `${event.message} ${advice}` };
    }
    if (event.type !== 'closed' || event.end.error === undefined) return event;
    return { ...event, end: { ...event.end, error: this.#explained(event.end.error) } };
  }

  #explained(error: ServerErrorBody): ServerErrorBody {
    const { message = '', code } = error;
    const advice = saysModelIsGone(message, code) ? this.#anyAdvice(message) : undefined;
    return advice === undefined ? error : { ...error, message: `${message} ${advice}`.trim() };
  }

  /** Of the model the words name; of the one that talks where they name none. */
  #anyAdvice(words: string): string | undefined {
    const { voice, transcription } = this.#models;
    const namesVoice = voice !== undefined && words.includes(voice);
    const isAboutWords = transcription !== undefined && words.includes(transcription);
    // A name may be the beginning of the other's.
    const isLonger = (transcription?.length ?? 0) > (voice?.length ?? 0);
    return this.#adviceOn(isAboutWords && (!namesVoice || isLonger) ? 'transcription' : 'voice');
  }

  #adviceOn(use: 'voice' | 'transcription'): string | undefined {
    const model = this.#models[use];
    return model === undefined || model === '' ? undefined : this.#advise(model, use);
  }
}
