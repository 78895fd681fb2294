import { wavHeader } from './wav.ts';

/** Where a file's bytes go; a `node:fs/promises` file handle fits after a small wrapper. */
export interface ByteSink {
  /** Writes all the bytes at that place of the file. */
  writeAt(bytes: Uint8Array, position: number): Promise<void>;
  close(): Promise<void>;
}

const OPEN_SIZE = 0xffff_ffff;

/**
 * Writes a 16-bit PCM file while the sound comes in. Until it is closed the header leaves the size
 * open, so that a file left behind by a crash still plays. Errors of the sink reject the call that
 * met them; closing closes the sink in any case.
 */
export class WavWriter {
  readonly #sink: ByteSink;
  readonly #sampleRateHz: number;
  readonly #channels: number;
  #dataBytes = 0;
  /** Writes run one after the other, in the order they were asked for. */
  #tail: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(sink: ByteSink, format: { sampleRateHz: number; channels: number }) {
    this.#sink = sink;
    this.#sampleRateHz = format.sampleRateHz;
    this.#channels = format.channels;
  }

  /** Bytes of sound taken so far. */
  get dataBytes(): number {
    return this.#dataBytes;
  }

  /** Resolves when the samples are with the sink. After a close it does nothing. */
  append(samples: Int16Array): Promise<void> {
    if (this.#closing !== undefined) return Promise.resolve();
    // Copied because the caller may reuse its array before the write's turn comes.
    const bytes = new Uint8Array(samples.slice().buffer);
    const first = this.#dataBytes === 0;
    const header = wavHeader(this.#sampleRateHz, this.#channels, OPEN_SIZE);
    const position = header.length + this.#dataBytes;
    this.#dataBytes += bytes.length;
    return this.#enqueue(async () => {
      if (first) await this.#sink.writeAt(header, 0);
      await this.#sink.writeAt(bytes, position);
    });
  }

  /** Fills in the size and closes the sink; a second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  async #finish(): Promise<void> {
    try {
      await this.#enqueue(() =>
        this.#sink.writeAt(wavHeader(this.#sampleRateHz, this.#channels, this.#dataBytes), 0),
      );
    } finally {
      await this.#sink.close();
    }
  }

  #enqueue(write: () => Promise<void>): Promise<void> {
    const result = this.#tail.then(write);
    // A failed write is its caller's to handle; the next one is tried all the same.
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
