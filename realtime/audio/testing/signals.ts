import { msToSamples, SAMPLE_RATE_HZ } from '../index.ts';

const FULL_SCALE = 32_767;

/** A sine; `level` is its peak as a share of full scale. */
export function tone(
  frequencyHz: number,
  durationMs: number,
  level = 0.5,
  sampleRateHz = SAMPLE_RATE_HZ,
): Int16Array {
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz;
  return Int16Array.from({ length: msToSamples(durationMs, sampleRateHz) }, (_, index) =>
    Math.round(Math.sin(index * step) * level * FULL_SCALE),
  );
}

/** White noise that is the same for the same seed; `level` is its peak as a share of full scale. */
export function whiteNoise(durationMs: number, level: number, seed = 1): Int16Array {
  let state = seed;
  return Int16Array.from({ length: msToSamples(durationMs) }, () => {
    // Numerical Recipes' linear congruential generator: plenty for noise in a test.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.round((state / 2 ** 31) * level * FULL_SCALE);
  });
}

/** Mains hum: the fundamental and odd harmonics that fall off quickly. */
export function mainsHum(durationMs: number, level: number, mainsHz = 50): Int16Array {
  return mix(
    tone(mainsHz, durationMs, level),
    tone(3 * mainsHz, durationMs, level / 10),
    tone(5 * mainsHz, durationMs, level / 30),
  );
}

/** The sum of signals, as long as the longest; overdriven samples are cut off. */
export function mix(...signals: readonly Int16Array[]): Int16Array {
  const length = Math.max(...signals.map((signal) => signal.length));
  return Int16Array.from({ length }, (_, index) => {
    const sum = signals.reduce((total, signal) => total + (signal[index] ?? 0), 0);
    return Math.max(-FULL_SCALE, Math.min(FULL_SCALE, sum));
  });
}

/** Share of full scale of one frequency in the samples: the peak of the sine that fits best. */
export function toneLevel(
  samples: Int16Array,
  frequencyHz: number,
  sampleRateHz = SAMPLE_RATE_HZ,
): number {
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz;
  let inPhase = 0;
  let quadrature = 0;
  for (const [index, sample] of samples.entries()) {
    inPhase += sample * Math.cos(index * step);
    quadrature += sample * Math.sin(index * step);
  }
  return (2 * Math.hypot(inPhase, quadrature)) / samples.length / FULL_SCALE;
}
