import { ProductError } from '../base/index.ts';

/** The parts of a cascade, as people are told of them. */
const PART_NAMES = {
  speechToText: 'Speech to text',
  textModel: 'The text model',
  textToSpeech: 'Text to speech',
} as const;
export type CascadePart = keyof typeof PART_NAMES;

/** One part of a cascade failed; the message is a sentence that begins with its name. */
export class CascadeError extends ProductError {
  readonly code: CascadePart;
  readonly retryable = true;

  constructor(part: CascadePart, what: string, options?: { cause?: unknown }) {
    super(`${PART_NAMES[part]}: ${what}`, options);
    this.code = part;
  }
}
