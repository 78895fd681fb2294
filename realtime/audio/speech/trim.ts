import { msToSamples } from '../index.ts';

/** Quieter than this is silence to the ear. What the voices put before their first word stays below 95. */
const SILENCE_PEAK = 120;
/** The voices begin with 140 to 330 ms of silence; this keeps the rise of a soft first sound. */
const LEAD_MS = 15;
/** Soft endings fade out slowly, and bitten off they are heard. */
const TAIL_MS = 60;

/** The speech in some samples with next to no silence around it; nothing if all is silence. */
export function trimSilence(samples: Int16Array, sampleRateHz: number): Int16Array {
  const first = samples.findIndex(isLoud);
  if (first === -1) return new Int16Array(0);
  const last = samples.findLastIndex(isLoud);
  const start = first - msToSamples(LEAD_MS, sampleRateHz);
  return samples.slice(Math.max(0, start), last + 1 + msToSamples(TAIL_MS, sampleRateHz));
}

function isLoud(sample: number): boolean {
  return Math.abs(sample) > SILENCE_PEAK;
}
