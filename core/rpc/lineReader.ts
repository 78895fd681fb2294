const LINE_FEED = 10;
/** As much of a line that is too long as is kept to say whose it was. */
const HEAD_BYTES = 4 * 1024;

export type LineListener = {
  /** A line without its end. */
  line(text: string): void;
  /** A line was longer than allowed; its end has come, and only its beginning was kept. */
  tooLong(head: string): void;
};

/**
 * Cuts bytes into lines. Every byte is looked at once, however many pieces a line comes in, and never
 * more than one line of the longest allowed length is held.
 */
export class LineReader {
  readonly #maxBytes: number;
  readonly #listener: LineListener;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number, listener: LineListener) {
    this.#maxBytes = maxBytes;
    this.#listener = listener;
  }

  take(chunk: Buffer): void {
    let start = 0;
    let end = chunk.indexOf(LINE_FEED);
    while (end !== -1) {
      this.#keep(chunk.subarray(start, end));
      this.#finish();
      start = end + 1;
      end = chunk.indexOf(LINE_FEED, start);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  #keep(piece: Buffer): void {
    const wasTooLong = this.#isTooLong;
    this.#bytes += piece.length;
    if (wasTooLong) return;
    this.#pieces.push(piece);
    if (!this.#isTooLong) return;
    const head = Buffer.concat(this.#pieces, Math.min(this.#bytes, HEAD_BYTES));
    this.#pieces = [head];
  }

  get #isTooLong(): boolean {
    return this.#bytes > this.#maxBytes;
  }

  #finish(): void {
    const isTooLong = this.#isTooLong;
    const [first = Buffer.alloc(0)] = this.#pieces;
    const text = (this.#pieces.length < 2 ? first : Buffer.concat(this.#pieces)).toString('utf8');
    this.#pieces = [];
    this.#bytes = 0;
    if (isTooLong) this.#listener.tooLong(text);
    else this.#listener.line(text);
  }
}
