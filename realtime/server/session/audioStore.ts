import { concatPcm } from '../../audio/index.ts';
import { encodeWholeSound, type SoundFormat } from '../lines/index.ts';
import type { StoredItem } from '../state/index.ts';

/** The sound of a session that has been appended and not yet let go, on one time line. */
export class InputTape {
  #chunks: { readonly startSample: number; readonly samples: Int16Array }[] = [];
  #endSample = 0;

  get endSample(): number {
    return this.#endSample;
  }

  append(samples: Int16Array): void {
    this.#chunks.push({ startSample: this.#endSample, samples });
    this.#endSample += samples.length;
  }

  /** A copy of what is still there between two positions. */
  cut(fromSample: number, toSample: number): Int16Array {
    // What is asked for most often is the newest sound.
    const first = this.#chunks.findLastIndex(({ startSample }) => startSample <= fromSample);
    const parts = this.#chunks
      .slice(Math.max(0, first))
      .map(({ startSample, samples }) =>
        samples.subarray(
          Math.max(0, Math.min(samples.length, fromSample - startSample)),
          Math.max(0, Math.min(samples.length, toSample - startSample)),
        ),
      );
    return concatPcm(parts);
  }

  dropBefore(sample: number): void {
    const firstKept = this.#chunks.findIndex(
      ({ startSample, samples }) => startSample + samples.length > sample,
    );
    if (firstKept !== 0) {
      this.#chunks = firstKept < 0 ? [] : this.#chunks.slice(firstKept);
    }
  }
}

/** Sound of items, by id; when it grows too large the oldest is let go first. */
export class ItemSounds {
  readonly #sounds = new Map<string, Int16Array>();
  readonly #maxSamples: number;
  #totalSamples = 0;

  constructor(maxSamples: number) {
    this.#maxSamples = maxSamples;
  }

  /** Of each item once. */
  keep(itemId: string, samples: Int16Array): void {
    this.#sounds.set(itemId, samples);
    this.#totalSamples += samples.length;
    for (const oldest of this.#sounds.keys()) {
      if (this.#totalSamples <= this.#maxSamples || oldest === itemId) break;
      this.forget(oldest);
    }
  }

  get(itemId: string): Int16Array | undefined {
    return this.#sounds.get(itemId);
  }

  /** The item as a client gets it back: with its sound, if that is still there. */
  describe(item: StoredItem, format: SoundFormat): StoredItem {
    const samples = this.#sounds.get(item.id);
    if (samples === undefined || item.type !== 'message') return item;
    const audio = encodeWholeSound(samples, format);
    const content = item.content.map((part) =>
      part.type === 'input_audio' ? { ...part, audio } : part,
    );
    return { ...item, content };
  }

  forget(itemId: string): void {
    this.#totalSamples -= this.#sounds.get(itemId)?.length ?? 0;
    this.#sounds.delete(itemId);
  }
}
