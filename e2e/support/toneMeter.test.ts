import { expect, test } from 'vitest';

import { measureTone } from './toneMeter.ts';

const RATE_HZ = 48_000;

function tone(frequencyHz: number, seconds: number, amplitude: number): Float32Array {
  return Float32Array.from({ length: seconds * RATE_HZ }, (_, index) => {
    return amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / RATE_HZ);
  });
}

test('frequency, level and length are told, without the silence around', () => {
  const samples = new Float32Array(RATE_HZ * 5);
  samples.set(tone(440, 3, 0.25), RATE_HZ);

  const facts = measureTone(samples, RATE_HZ, 0.25);
  expect(facts.frequencyHz).toBeCloseTo(440, 1);
  expect(facts.levelDb).toBeCloseTo(0, 1);
  expect(facts.longestGapMs).toBe(0);
  expect(facts.durationMs).toBeCloseTo(3_000, -1);
});

test('a hole and a wrong level are found', () => {
  const samples = tone(300, 3, 0.13);
  samples.fill(0, RATE_HZ, RATE_HZ + (RATE_HZ * 40) / 1000);

  const facts = measureTone(samples, RATE_HZ, 0.25);
  expect(facts.levelDb).toBeCloseTo(-6, 0);
  expect(facts.longestGapMs).toBeGreaterThanOrEqual(35);
  expect(facts.longestGapMs).toBeLessThanOrEqual(40);
});

test('silence has no tone', () => {
  expect(measureTone(new Float32Array(RATE_HZ), RATE_HZ, 0.25)).toMatchObject({
    levelDb: -Infinity,
    durationMs: 0,
  });
});
