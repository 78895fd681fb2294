import { expect, test } from 'vitest';

import { measureLevel } from '../../index.ts';
import { tone } from '../../testing/index.ts';
import { ComfortNoise } from './comfortNoise.ts';

const FULL_SCALE = 32_768;
const levelOf = (sound: Float32Array): number =>
  measureLevel(Int16Array.from(sound, (sample) => sample * FULL_SCALE)).rms;

test('silence gets a noise that cannot be heard, and no two samples of it alike for long', () => {
  const noise = new ComfortNoise().add(new Int16Array(16_000));

  expect(levelOf(noise) * FULL_SCALE).toBeGreaterThan(3);
  expect(levelOf(noise) * FULL_SCALE).toBeLessThan(20);
  expect(new Set(noise.slice(0, 100)).size).toBe(100);
});

test('after speech the noise lies 45 to 55 dB below it', () => {
  const noise = new ComfortNoise();
  const speech = tone(300, 500, 0.9, 16_000);
  noise.add(speech);

  const ratioDb =
    20 * Math.log10(measureLevel(speech).rms / levelOf(noise.add(new Int16Array(8_000))));

  expect(ratioDb).toBeGreaterThan(45);
  expect(ratioDb).toBeLessThan(55);
});

test('the same sound gets the same noise', () => {
  const sound = tone(300, 50, 0.5, 16_000);

  expect(new ComfortNoise().add(sound)).toEqual(new ComfortNoise().add(sound));
});
