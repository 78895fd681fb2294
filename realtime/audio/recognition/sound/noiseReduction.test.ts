import { expect, test } from 'vitest';

import { concatPcm, measureLevel, silence } from '../../index.ts';
import { mix, tone, whiteNoise } from '../../testing/index.ts';
import { reduceNoise } from './noiseReduction.ts';

const RATE_HZ = 16_000;
const FULL_SCALE = 32_768;

const floats = (samples: Int16Array): Float32Array =>
  Float32Array.from(samples, (sample) => sample / FULL_SCALE);
const level = (sound: Float32Array): number =>
  measureLevel(Int16Array.from(sound, (sample) => sample * FULL_SCALE)).rms;

/** Half a second of nothing, of a tone, and of nothing again. */
const said = concatPcm([
  silence(500, RATE_HZ),
  tone(440, 500, 0.5, RATE_HZ),
  silence(500, RATE_HZ),
]);

test('steady noise gets weaker by 12 dB and more, and what is said in it stays', () => {
  const noisy = mix(said, whiteNoise(1_000, 0.1).subarray(0, 24_000));

  const reduced = reduceNoise(floats(noisy));

  const before = level(floats(noisy).subarray(1_000, 7_000));
  const after = level(reduced.subarray(1_000, 7_000));
  expect(20 * Math.log10(before / after)).toBeGreaterThan(12);
  expect(level(reduced.subarray(9_000, 15_000))).toBeCloseTo(
    level(floats(said).subarray(9_000, 15_000)),
    2,
  );
});

test('sound without noise stays as it is', () => {
  const clean = floats(said);

  expect(reduceNoise(clean)).toBe(clean);
});

test.for([0, 1, 100, 511, 512, 513])('%i samples are as many afterwards', (length) => {
  const sound = floats(whiteNoise(1_000, 0.5).subarray(0, length));
  const reduced = reduceNoise(sound);

  expect(reduced).toHaveLength(length);
  expect(reduced.every(Number.isFinite)).toBe(true);
});
