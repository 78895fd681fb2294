/**
 * Tells of words that may still be taken back those that will hardly be: what two texts in a row begin
 * with, without the last word of either.
 */
export class StableWords {
  readonly #tell: (text: string) => void;
  #before: readonly string[] = [];
  #told = 0;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  hear(text: string): void {
    const words = text.split(/\s+/u).filter((word) => word !== '');
    const same = words.findIndex((word, index) => word !== this.#before[index]);
    const agreed = same === -1 ? words.length : same;
    const stable = Math.min(agreed, words.length - 1, this.#before.length - 1);
    this.#before = words;
    if (stable <= this.#told) return;
    const fresh = words.slice(this.#told, stable).join(' ');
    this.#tell(this.#told === 0 ? fresh : ` ${fresh}`);
    this.#told = stable;
  }
}
