import { expect, test } from 'vitest';

import { loudnessRangeDb } from './loudness.ts';

/** A hum of a hundred frames, whose second half is so much louder. */
const hum = (gain: number): Float32Array =>
  Float32Array.from(
    { length: 32_000 },
    (_, index) => 0.001 * Math.sin(index) * (index < 16_000 ? 1 : gain),
  );

test.for([
  [1, 0],
  [10, 20],
  [100, 40],
] as const)('where half is %d times as loud, the range is %d dB', ([gain, rangeDb]) => {
  expect(loudnessRangeDb(hum(gain))).toBeCloseTo(rangeDb, 0);
});

test.for([0, 100, 640])('%d samples of digital silence have no range', (length) => {
  expect(loudnessRangeDb(new Float32Array(length))).toBe(0);
});
