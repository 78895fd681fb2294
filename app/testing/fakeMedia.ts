import { Emitter, type Unsubscribe } from '../../core/base/index.ts';
import type { MediaEvents, Microphone, PlayPosition, VoiceMedia } from '../media/index.ts';

/** Microphone and loudspeaker driven by hand: a test says what is captured and what was heard. */
export class FakeMedia implements VoiceMedia {
  readonly played: { readonly itemId: string; readonly samples: number }[] = [];
  clears = 0;
  closed = false;
  /** While set, opening or swapping the microphone fails with it. */
  fault: Error | undefined;
  /** What `clear` reports. */
  position: PlayPosition = { playedMs: new Map(), playing: false, underruns: 0 };
  readonly #emitter = new Emitter<MediaEvents>((error) => {
    throw error;
  });

  on<Name extends keyof MediaEvents>(
    name: Name,
    listener: (payload: MediaEvents[Name]) => void,
  ): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  async open(microphoneId: string | null): Promise<Microphone> {
    if (this.fault !== undefined) throw this.fault;
    return { id: microphoneId ?? 'default', label: 'Fake microphone' };
  }

  async swap(microphoneId: string | null): Promise<Microphone> {
    return this.open(microphoneId);
  }

  play(itemId: string, samples: Int16Array<ArrayBuffer>): void {
    this.played.push({ itemId, samples: samples.length });
  }

  async clear(): Promise<PlayPosition> {
    this.clears += 1;
    return this.position;
  }

  close(): void {
    this.closed = true;
  }

  /** The microphone delivers 20 ms of one value. */
  capture(value: number): void {
    this.#emitter.emit('frame', new Int16Array(480).fill(value));
  }

  /** The loudspeaker has come so far with an item. */
  heard(itemId: string, ms: number, playing = true): void {
    this.position = { playedMs: new Map([[itemId, ms]]), playing, underruns: 0 };
    this.#emitter.emit('position', this.position);
  }
}
