import { msToSamples } from '../index.ts';

/** Quieter than this is silence to the ear; the voice's own pauses are near zero. */
const SILENCE_PEAK = 120;
/** Kept around the speech, so that soft beginnings and endings are not bitten off. */
const MARGIN_MS = 60;

/** The speech in some samples with at most 60 ms of silence around it; nothing if all is silence. */
export function trimSilence(samples: Int16Array, sampleRateHz: number): Int16Array {
  const first = samples.findIndex(isLoud);
  if (first === -1) return new Int16Array(0);
  const last = samples.findLastIndex(isLoud);
  const margin = msToSamples(MARGIN_MS, sampleRateHz);
  return samples.slice(Math.max(0, first - margin), last + 1 + margin);
}

function isLoud(sample: number): boolean {
  return Math.abs(sample) > SILENCE_PEAK;
}
