import type { Clock, Timer } from '../../../../core/base/index.ts';
import { msToSamples } from '../../../../realtime/audio/index.ts';

const CHUNK_MS = 40;
const CHUNK_SAMPLES = msToSamples(CHUNK_MS);
/** After a longer standstill (a suspended machine) the time is skipped, not made up for in a flood. */
const MAX_BEHIND_CHUNKS = 50;

/**
 * An open microphone in front of which the given sound is played once, in real time, and then
 * silence until it is closed. The clock decides how much is due, so a late timer loses nothing.
 */
export class FileMicrophone {
  readonly #samples: Int16Array;
  readonly #clock: Clock;
  readonly #onChunk: (chunk: Int16Array) => void;
  readonly #onInputOver: () => void;
  #startMs = 0;
  #sent = 0;
  #timer: Timer | undefined;

  constructor(options: {
    readonly samples: Int16Array;
    readonly clock: Clock;
    /** 40 ms of mono 24 kHz PCM16. */
    readonly onChunk: (chunk: Int16Array) => void;
    /** Called once, after the last chunk of the sound. */
    readonly onInputOver: () => void;
  }) {
    this.#samples = options.samples;
    this.#clock = options.clock;
    this.#onChunk = options.onChunk;
    this.#onInputOver = options.onInputOver;
  }

  open(): void {
    this.#startMs = this.#clock.nowMs();
    this.#schedule();
  }

  /** Closing twice, or before opening, does nothing. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = this.#clock.after(CHUNK_MS, () => {
      this.#schedule();
      this.#sendDue();
    });
  }

  #sendDue(): void {
    const due = Math.floor((this.#clock.nowMs() - this.#startMs) / CHUNK_MS);
    const skipped = Math.max(0, due - this.#sent - MAX_BEHIND_CHUNKS);
    this.#startMs += skipped * CHUNK_MS;
    // Closed by a listener in the middle of catching up: nothing more is sent.
    while (this.#sent < due - skipped && this.#timer !== undefined) this.#sendNext();
  }

  #sendNext(): void {
    const start = this.#sent * CHUNK_SAMPLES;
    const chunk = new Int16Array(CHUNK_SAMPLES);
    chunk.set(this.#samples.subarray(start, start + CHUNK_SAMPLES));
    this.#sent += 1;
    this.#onChunk(chunk);
    const end = start + CHUNK_SAMPLES;
    if (start < this.#samples.length && end >= this.#samples.length) this.#onInputOver();
  }
}
