import { encodePcm, FRAME_MS, joinSamples } from '../../media/index.ts';

const FRAMES_PER_CHUNK = 2;
const KEPT_FRAMES = 10_000 / FRAME_MS;

export type AudioChunk = { readonly data: string; readonly samplesPerChannel: number };

/**
 * Microphone frames on their way to the engine. While no session takes them they are kept, the last
 * ten seconds of them, so that the first words of a conversation are not lost.
 */
export class AudioOutbox {
  readonly #send: (chunk: AudioChunk) => void;
  #frames: Int16Array[] = [];
  #gate: 'open' | 'held' | 'unused' = 'held';
  #dropped = 0;

  constructor(send: (chunk: AudioChunk) => void) {
    this.#send = send;
  }

  /** Frames lost because the session took longer than what is kept. */
  get droppedFrames(): number {
    return this.#dropped;
  }

  push(frame: Int16Array): void {
    if (this.#gate === 'unused') return;
    this.#frames.push(frame);
    if (this.#gate === 'open') {
      this.#flush();
      return;
    }
    if (this.#frames.length > KEPT_FRAMES) {
      this.#frames.shift();
      this.#dropped += 1;
    }
  }

  /** Where the sound goes from now on. */
  route(way: 'engine' | 'call' | 'kept'): void {
    if (way === 'engine') this.open();
    else if (way === 'call') this.bypass();
    else this.hold();
  }

  /** A session takes audio from now on, beginning with what was kept. */
  open(): void {
    this.#gate = 'open';
    this.#flush();
  }

  /** Nobody takes audio for the moment; it is kept again. */
  hold(): void {
    this.#gate = 'held';
  }

  /** The microphone goes another way; what was kept went there too. */
  bypass(): void {
    this.#gate = 'unused';
    this.#frames = [];
  }

  #flush(): void {
    while (this.#frames.length >= FRAMES_PER_CHUNK) {
      const samples = joinSamples(this.#frames.splice(0, FRAMES_PER_CHUNK));
      this.#send({ data: encodePcm(samples), samplesPerChannel: samples.length });
    }
  }
}
