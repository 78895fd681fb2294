import { StreamTooLargeError } from './eventStream.ts';

/** Some ten times what the longest answers come to, each delta with the event around it. */
const MAX_CHARACTERS = 128 * 1024 * 1024;
/** Every event looks for its item among all of them: at 10,000 an answer took 12 s of CPU. */
const MAX_ITEMS = 1_000;

/** Keeps an answer that never ends from eating the memory of everybody else. */
export class AnswerBound {
  readonly #maxCharacters: number;
  #characters = 0;

  constructor(maxCharacters = MAX_CHARACTERS) {
    this.#maxCharacters = maxCharacters;
  }

  /** Counts the text of one event; throws a StreamTooLargeError when the answer has become too long. */
  take(text: string): string {
    this.#characters += text.length;
    if (this.#characters > this.#maxCharacters) {
      throw new StreamTooLargeError('it goes on for longer than anything sensible');
    }
    return text;
  }
}

/** Throws a StreamTooLargeError when an answer has more items than are kept. */
export function checkItemCount(count: number): void {
  if (count <= MAX_ITEMS) return;
  throw new StreamTooLargeError(`it has more than ${MAX_ITEMS.toLocaleString('en')} items`);
}
