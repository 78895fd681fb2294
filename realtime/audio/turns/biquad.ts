/** A chain of second-order filters run over one stream of samples. */
export class BiquadChain {
  readonly #sections: readonly Section[];

  constructor(coefficients: readonly BiquadCoefficients[]) {
    this.#sections = coefficients.map((values) => ({ ...values, z1: 0, z2: 0 }));
  }

  step(sample: number): number {
    let value = sample;
    for (const section of this.#sections) {
      const output = section.b0 * value + section.z1;
      section.z1 = section.b1 * value - section.a1 * output + section.z2;
      section.z2 = section.b2 * value - section.a2 * output;
      value = output;
    }
    return value;
  }
}

type Section = BiquadCoefficients & { z1: number; z2: number };

/** Transfer function of one section, divided by a0. */
export type BiquadCoefficients = {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
};

/** Quality factors of the two sections that make a fourth-order Butterworth filter. */
const BUTTERWORTH_4 = [0.541_196_1, 1.306_563];

/** Fourth-order Butterworth high-pass: 24 dB per octave below the cutoff. */
export function highPass(cutoffHz: number, sampleRateHz: number): readonly BiquadCoefficients[] {
  return BUTTERWORTH_4.map((quality) => {
    const { cosine, alpha } = warp(cutoffHz, sampleRateHz, quality);
    const a0 = 1 + alpha;
    const edge = (1 + cosine) / 2 / a0;
    return { b0: edge, b1: -2 * edge, b2: edge, a1: (-2 * cosine) / a0, a2: (1 - alpha) / a0 };
  });
}

/** Fourth-order Butterworth low-pass: 24 dB per octave above the cutoff. */
export function lowPass(cutoffHz: number, sampleRateHz: number): readonly BiquadCoefficients[] {
  return BUTTERWORTH_4.map((quality) => {
    const { cosine, alpha } = warp(cutoffHz, sampleRateHz, quality);
    const a0 = 1 + alpha;
    const edge = (1 - cosine) / 2 / a0;
    return { b0: edge, b1: 2 * edge, b2: edge, a1: (-2 * cosine) / a0, a2: (1 - alpha) / a0 };
  });
}

function warp(
  cutoffHz: number,
  sampleRateHz: number,
  quality: number,
): { cosine: number; alpha: number } {
  const omega = (2 * Math.PI * cutoffHz) / sampleRateHz;
  return { cosine: Math.cos(omega), alpha: Math.sin(omega) / (2 * quality) };
}
