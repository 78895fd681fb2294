/** The latest samples of an endless sound. */
export class SoundBook {
  readonly #samples: Int16Array<ArrayBuffer>;

  /** Begins with silence. */
  constructor(capacitySamples: number) {
    this.#samples = new Int16Array(capacitySamples);
  }

  push(samples: Int16Array): void {
    this.#samples.copyWithin(0, samples.length);
    this.#samples.set(samples, this.#samples.length - samples.length);
  }

  last(count: number): Int16Array {
    return this.#samples.subarray(Math.max(0, this.#samples.length - count));
  }
}
