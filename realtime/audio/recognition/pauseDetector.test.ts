import { expect, test } from 'vitest';

import { concatPcm, silence } from '../index.ts';
import { tone, whiteNoise } from '../testing/index.ts';
import { PauseDetector } from './pauseDetector.ts';

const RATE_HZ = 16_000;
const STEP_SAMPLES = RATE_HZ / 10;

function eventsIn(sound: Int16Array): string {
  const detector = new PauseDetector();
  const events: string[] = [];
  for (let start = 0; start < sound.length; start += STEP_SAMPLES) {
    events.push(detector.push(sound.subarray(start, start + STEP_SAMPLES)));
  }
  const letters = { speech: 's', pauseBegan: 'P', silence: '-' } as Readonly<
    Record<string, string>
  >;
  return events.map((event) => letters[event]).join('');
}

const speech = (ms: number): Int16Array => tone(300, ms, 0.5, RATE_HZ);
const quiet = (ms: number): Int16Array => silence(ms, RATE_HZ);

test('a pause begins once, after a quarter of a second, and again after more speech', () => {
  const sound = concatPcm([speech(300), quiet(500), speech(200), quiet(400)]);

  expect(eventsIn(sound)).toBe('sssssP--ssssP-');
});

test('a stop inside a word is no pause', () => {
  expect(eventsIn(concatPcm([speech(200), quiet(200), speech(200)]))).toBe('ssssss');
});

test('silence has no pause, and so has noise alone', () => {
  expect(eventsIn(quiet(500))).toBe('-----');
  expect(eventsIn(whiteNoise(400, 0.1))).not.toContain('P');
});
