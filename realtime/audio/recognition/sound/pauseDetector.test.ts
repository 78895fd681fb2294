import { expect, test } from 'vitest';

import { concatPcm, silence } from '../../index.ts';
import { tone, whiteNoise } from '../../testing/index.ts';
import { PauseDetector, type PauseEvent } from './pauseDetector.ts';

const RATE_HZ = 16_000;
const STEP_SAMPLES = RATE_HZ / 10;

function eventsIn(sound: Int16Array): string {
  const detector = new PauseDetector();
  const events: PauseEvent[] = [];
  for (let start = 0; start < sound.length; start += STEP_SAMPLES) {
    events.push(detector.push(sound.subarray(start, start + STEP_SAMPLES)));
  }
  const letters: Readonly<Record<PauseEvent, string>> = {
    speech: 's',
    shortPause: 'p',
    longPause: 'P',
    silence: '-',
  };
  return events.map((event) => letters[event]).join('');
}

const speech = (ms: number): Int16Array => tone(300, ms, 0.5, RATE_HZ);
const quiet = (ms: number): Int16Array => silence(ms, RATE_HZ);

test('a pause is short at first and then long, once each, and again after more speech', () => {
  const sound = concatPcm([speech(300), quiet(700), speech(200), quiet(300), speech(100)]);

  expect(eventsIn(sound)).toBe('ssssspP---ssssps');
});

test('a pause is found in noise, 10 dB below the speech', () => {
  const sound = concatPcm([quiet(300), speech(400), quiet(500), speech(300), quiet(500)]);
  const noise = whiteNoise(2000, 0.19);
  const noisy = sound.map((sample, index) => sample + (noise[index] ?? 0));

  expect(eventsIn(noisy)).toMatch(/^[s-]*s+pP-+s+pP-*$/u);
});

test('a stop inside a word is no pause', () => {
  expect(eventsIn(concatPcm([speech(200), quiet(200), speech(200)]))).toBe('ssssss');
});

test('a pause that comes all at once is a long one', () => {
  const detector = new PauseDetector();
  detector.push(speech(300));

  expect([detector.push(quiet(1000)), detector.push(quiet(1000))]).toEqual([
    'longPause',
    'silence',
  ]);
});

test('silence has no pause, and so has noise alone', () => {
  expect(eventsIn(quiet(500))).toBe('-----');
  expect(eventsIn(whiteNoise(400, 0.1))).not.toContain('p');
});
