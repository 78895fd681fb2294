import type { RealtimeWire } from '../transport/index.ts';

/** Beyond this the link is not keeping up, and fresh speech is worth more than old speech. */
const LINK_LIMIT_BYTES = 256 * 1024;
/** About ten seconds of 40 ms chunks. */
const WAITING_LIMIT_CHUNKS = 256;

/**
 * The way of microphone sound to the wire. While the link keeps up every chunk leaves at once; when
 * it stalls a bounded number waits, and the oldest is dropped and counted, never the newest
 * (realtime-v2 §19.9).
 */
export class InputOutbox {
  readonly #wire: RealtimeWire;
  readonly #onDropped: (chunks: number) => void;
  readonly #waiting: string[] = [];
  #dropped = 0;

  constructor(wire: RealtimeWire, onDropped: (chunks: number) => void) {
    this.#wire = wire;
    this.#onDropped = onDropped;
  }

  /** Takes base64 PCM16 at 24 kHz mono; the text must be base64, because it is not escaped. */
  push(base64: string): void {
    if (this.#waiting.length === 0 && this.#wire.bufferedBytes < LINK_LIMIT_BYTES) {
      this.#write(base64);
      return;
    }
    this.#waiting.push(base64);
    if (this.#waiting.length > WAITING_LIMIT_CHUNKS) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
  }

  /** Gives up what still waits; every chunk that never left has been reported then. */
  close(): void {
    this.#dropped += this.#waiting.length;
    this.#waiting.length = 0;
    this.#reportDropped();
  }

  #reportDropped(): void {
    if (this.#dropped === 0) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#onDropped(dropped);
  }

  readonly #flush = (): void => {
    if (this.#waiting.length > 0) this.#reportDropped();
    while (this.#wire.bufferedBytes < LINK_LIMIT_BYTES) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#write(next);
    }
  };

  #write(base64: string): void {
    // base64 needs no escaping, so this is JSON already; stringifying it again would cost a copy.
    this.#wire.send(`{"type":"input_audio_buffer.append","audio":"${base64}"}`, this.#flush);
  }
}
