/** Cuts the render quanta of a microphone into frames of one size. */
export class FrameCutter {
  #frame: Int16Array<ArrayBuffer>;
  #filled = 0;
  readonly #onFrame: (frame: Int16Array<ArrayBuffer>) => void;

  constructor(frameSamples: number, onFrame: (frame: Int16Array<ArrayBuffer>) => void) {
    this.#frame = new Int16Array(frameSamples);
    this.#onFrame = onFrame;
  }

  /** Takes samples of -1 to 1; louder ones are clipped, what is not a number is silence. */
  push(samples: Float32Array): void {
    for (const sample of samples) {
      const scaled = Number.isNaN(sample) ? 0 : Math.round(sample * 32_767);
      this.#frame[this.#filled] = Math.max(-32_768, Math.min(32_767, scaled));
      this.#filled += 1;
      if (this.#filled === this.#frame.length) {
        const full = this.#frame;
        // A fresh one each time, because the full one is transferred away.
        this.#frame = new Int16Array(full.length);
        this.#filled = 0;
        this.#onFrame(full);
      }
    }
  }
}
