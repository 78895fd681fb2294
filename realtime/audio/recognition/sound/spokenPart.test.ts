import { expect, test } from 'vitest';

import { concatPcm, silence } from '../../index.ts';
import { tone } from '../../testing/index.ts';
import { spokenPart } from './spokenPart.ts';

const RATE_HZ = 16_000;
const MARGIN_SAMPLES = 1_600;

const floats = (samples: Int16Array): Float32Array =>
  Float32Array.from(samples, (sample) => sample / 32_768);

test('speech is found between silences, with a margin around it', () => {
  const sound = concatPcm([
    silence(500, RATE_HZ),
    tone(300, 200, 0.5, RATE_HZ),
    silence(700, RATE_HZ),
  ]);

  expect(spokenPart(floats(sound), MARGIN_SAMPLES)).toEqual({ first: 6_400, next: 12_800 });
});

test('speech from edge to edge is all of the sound, and so is silence', () => {
  expect(spokenPart(floats(tone(300, 100, 0.5, RATE_HZ)), MARGIN_SAMPLES)).toEqual({
    first: 0,
    next: 1_600,
  });
  expect(spokenPart(floats(silence(100, RATE_HZ)), MARGIN_SAMPLES)).toEqual({
    first: 0,
    next: 1_600,
  });
  expect(spokenPart(new Float32Array(0), MARGIN_SAMPLES)).toEqual({ first: 0, next: 0 });
});
