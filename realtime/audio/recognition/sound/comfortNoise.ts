const FRAME_SAMPLES = 320;
/** How far below the loudest speech so far the noise lies: 46 dB. Noise at 30 dB cost soft consonants. */
const SHARE_OF_SPEECH = 0.005;
/** Where nothing was loud yet; in units of a 16-bit sample. */
const LEAST_RMS = 8;
const FULL_SCALE = 32_768;

/** Poles and gains of three first-order filters whose sum falls off by 3 dB an octave. */
const PINK = [
  { pole: 0.997_65, gain: 0.099_046 },
  { pole: 0.963, gain: 0.296_516_4 },
  { pole: 0.57, gain: 1.052_691_3 },
] as const;
const WHITE_GAIN = 0.1848;
/** The rms of the sum above for white noise that is even between -1 and 1. */
const PINK_RMS = 1.73;

/**
 * Lays a faint pink noise under what is heard, so that no moment of it is without any sound. The acoustic
 * models were made of telephone calls and take digital silence, which synthetic voices and noise gates
 * make between sounds, for something it is not. The same sound gets the same noise.
 */
export class ComfortNoise {
  readonly #states = PINK.map(() => 0);
  #random = 1;
  #loudest = 0;
  #quietest = Number.POSITIVE_INFINITY;

  /** The samples with the noise, as the decoder takes them: full scale is 1. */
  add(samples: Int16Array): Float32Array {
    const out = new Float32Array(samples.length);
    for (let start = 0; start < samples.length; start += FRAME_SAMPLES) {
      const frame = samples.subarray(start, start + FRAME_SAMPLES);
      const rms = rmsOf(frame);
      this.#loudest = Math.max(this.#loudest, rms);
      if (frame.length === FRAME_SAMPLES) this.#quietest = Math.min(this.#quietest, rms);
      const gain = Math.max(LEAST_RMS, this.#loudest * SHARE_OF_SPEECH) / PINK_RMS;
      for (const [index, sample] of frame.entries()) {
        out[start + index] = (sample + gain * this.#next()) / FULL_SCALE;
      }
    }
    return out;
  }

  /** Noise alone, as loud as the quietest moment of what was heard: a pause in the same room. */
  pause(sampleCount: number): Float32Array {
    const rms = Math.max(LEAST_RMS, Number.isFinite(this.#quietest) ? this.#quietest : 0);
    return Float32Array.from(
      { length: sampleCount },
      () => ((rms / PINK_RMS) * this.#next()) / FULL_SCALE,
    );
  }

  #next(): number {
    // Numerical Recipes' linear congruential generator.
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) | 0;
    const white = this.#random / 2 ** 31;
    let sum = WHITE_GAIN * white;
    for (const [index, { pole, gain }] of PINK.entries()) {
      const state = pole * (this.#states[index] ?? 0) + gain * white;
      this.#states[index] = state;
      sum += state;
    }
    return sum;
  }
}

function rmsOf(samples: Int16Array): number {
  const squares = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return Math.sqrt(squares / Math.max(1, samples.length));
}
