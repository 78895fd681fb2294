/** Frames this much quieter than the loudest, in energy, are pauses and do not count as speech. */
const PAUSE_SHARE = 0.001;
const FRAMES_PER_SECOND = 50;

/** Sound with white noise, the speech in it being so many decibels louder than the noise. */
export function withNoise(
  samples: Int16Array,
  sampleRateHz: number,
  ratioDb: number,
  seed = 1,
): Int16Array {
  const gain = speechRms(samples, sampleRateHz) / 10 ** (ratioDb / 20);
  let state = seed;
  const even = (): number => {
    // Numerical Recipes' linear congruential generator: the same noise with the same seed.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  };
  // The sum of three even numbers between -1 and 1 has an rms of 1 and is normal enough.
  return samples.map((sample) =>
    Math.max(-32_768, Math.min(32_767, Math.round(sample + gain * (even() + even() + even())))),
  );
}

function speechRms(samples: Int16Array, sampleRateHz: number): number {
  const frameSamples = Math.floor(sampleRateHz / FRAMES_PER_SECOND);
  const energies = Array.from({ length: Math.floor(samples.length / frameSamples) }, (_, index) =>
    samples
      .subarray(index * frameSamples, (index + 1) * frameSamples)
      .reduce((sum, sample) => sum + sample * sample, 0),
  );
  const loudest = Math.max(0, ...energies);
  const speech = energies.filter((energy) => energy > loudest * PAUSE_SHARE);
  const mean = speech.reduce((sum, energy) => sum + energy, 0) / Math.max(1, speech.length);
  return Math.sqrt(mean / frameSamples);
}
