type Segment = { readonly itemId: string; readonly samples: Int16Array; offset: number };

export type PlaybackQueueOptions = {
  /** Sound is held back until so much is there, so that a late packet is not heard as a gap. */
  readonly reserveSamples: number;
  /** Length of the fade when the sound is cut, so that it does not click. */
  readonly fadeSamples: number;
};

/**
 * The sound that has arrived and has not been heard. Runs on the audio thread: it never waits, and
 * counts for each item how many samples really went out.
 */
export class PlaybackQueue {
  readonly #options: PlaybackQueueOptions;
  readonly #played = new Map<string, number>();
  #segments: Segment[] = [];
  #fade: Float32Array = new Float32Array(0);
  #fadeAt = 0;
  #pending = 0;
  #waited = 0;
  #flowing = false;
  #underruns = 0;

  constructor(options: PlaybackQueueOptions) {
    this.#options = options;
  }

  /** Samples that have arrived and were not heard yet. */
  get pendingSamples(): number {
    return this.#pending;
  }

  /** True from the first sample that goes out until the queue has run dry. */
  get playing(): boolean {
    return this.#flowing;
  }

  /** How often the sound ran dry in the middle of an item and went on later. */
  get underruns(): number {
    return this.#underruns;
  }

  /** Samples heard of each item so far. */
  get played(): ReadonlyMap<string, number> {
    return this.#played;
  }

  push(itemId: string, samples: Int16Array): void {
    if (samples.length === 0) return;
    // More of an item that already went silent half-way: the listener heard a gap.
    if (!this.#flowing && this.#pending === 0 && (this.#played.get(itemId) ?? 0) > 0)
      this.#underruns += 1;
    this.#segments.push({ itemId, samples, offset: 0 });
    this.#pending += samples.length;
  }

  /** Fills `out` with the next samples, or silence. */
  read(out: Float32Array): void {
    let at = this.#readFade(out);
    if (!this.#flowing && this.#pending > 0) {
      this.#waited += out.length;
      // A short answer may never fill the reserve, so waiting is bounded by the same length.
      this.#flowing =
        this.#pending >= this.#options.reserveSamples ||
        this.#waited >= this.#options.reserveSamples;
    }
    while (this.#flowing && at < out.length) {
      const segment = this.#segments[0];
      if (segment === undefined) break;
      out[at] = (segment.samples[segment.offset] ?? 0) / 32_768;
      at += 1;
      this.#advance(segment);
    }
    out.fill(0, at);
    if (this.#pending === 0) {
      this.#flowing = false;
      this.#waited = 0;
    }
  }

  /** Drops what was not heard, after a short fade of what is sounding just now. */
  clear(): void {
    if (this.#flowing) {
      const length = Math.min(this.#options.fadeSamples, this.#pending);
      const fade = new Float32Array(length);
      for (let at = 0; at < length; at += 1) {
        const segment = this.#segments[0];
        if (segment === undefined) break;
        fade[at] = ((segment.samples[segment.offset] ?? 0) / 32_768) * (1 - at / length);
        this.#advance(segment);
      }
      this.#fade = fade;
      this.#fadeAt = 0;
    }
    this.#segments = [];
    this.#pending = 0;
    this.#flowing = false;
    this.#waited = 0;
  }

  #advance(segment: Segment): void {
    segment.offset += 1;
    this.#pending -= 1;
    this.#played.set(segment.itemId, (this.#played.get(segment.itemId) ?? 0) + 1);
    if (segment.offset === segment.samples.length) this.#segments.shift();
  }

  #readFade(out: Float32Array): number {
    const length = Math.min(out.length, this.#fade.length - this.#fadeAt);
    out.set(this.#fade.subarray(this.#fadeAt, this.#fadeAt + length));
    this.#fadeAt += length;
    return length;
  }
}
