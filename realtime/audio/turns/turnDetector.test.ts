import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  concatPcm,
  DEFAULT_TURN_DETECTION,
  silence,
  TurnDetector,
  type TurnDetectorEvent,
} from '../index.ts';
import { mainsHum, mix, tone, whiteNoise } from '../testing/index.ts';

function detect(...parts: readonly Int16Array[]): readonly TurnDetectorEvent[] {
  return new TurnDetector().push(concatPcm(parts));
}

function click(): Int16Array {
  const samples = new Int16Array(4_800);
  samples.fill(30_000, 100, 140);
  samples.fill(-30_000, 140, 180);
  return samples;
}

/** A stand-in for a voice where exact times matter: loud at once, quiet at once. */
const voiced = (durationMs: number, level = 0.3): Int16Array => tone(800, durationMs, level);

describe('does not start on', () => {
  test.for<{ name: string; sound: Int16Array }>([
    { name: 'digital silence', sound: silence(4_000) },
    { name: 'white noise at a constant level', sound: whiteNoise(8_000, 0.2) },
    { name: 'faint dither after digital silence', sound: concat(silence(1_000), dither()) },
    { name: 'mains hum of 50 Hz', sound: mainsHum(4_000, 0.3) },
    { name: 'mains hum of 60 Hz', sound: mainsHum(4_000, 0.3, 60) },
    { name: 'mains hum that is switched on', sound: concat(silence(1_000), mainsHum(2_000, 0.1)) },
    { name: 'a single click', sound: concat(silence(1_000), click(), silence(1_000)) },
    { name: 'a steady tone from the first sample on', sound: voiced(4_000) },
    { name: 'hiss above the voice band', sound: concat(silence(500), tone(9_000, 1_000, 0.2)) },
  ])('$name', ({ sound }) => {
    expect(detect(sound)).toEqual([]);
  });
});

function concat(...parts: readonly Int16Array[]): Int16Array {
  return concatPcm(parts);
}

function dither(): Int16Array {
  return whiteNoise(3_000, 2 / 32_768);
}

test('speech after digital silence starts early by the padding and stops after the silence', () => {
  const events = detect(silence(1_000), voiced(600), silence(1_000));

  expect(events).toEqual([
    { type: 'speechStarted', audioStartMs: 700 },
    { type: 'speechStopped', audioEndMs: expect.closeTo(2_140, -2) as number },
  ]);
});

test('padding never reaches back before the first sample', () => {
  expect(detect(silence(100), voiced(400))[0]).toEqual({ type: 'speechStarted', audioStartMs: 0 });
});

test('padding never reaches back into the turn before', () => {
  const events = detect(silence(500), voiced(400), silence(700), voiced(400), silence(700));

  expect(events.map(({ type }) => type)).toEqual([
    'speechStarted',
    'speechStopped',
    'speechStarted',
    'speechStopped',
  ]);
  const [, stopped, started] = events;
  expect(started).toEqual({
    type: 'speechStarted',
    audioStartMs: stopped?.type === 'speechStopped' ? stopped.audioEndMs : -1,
  });
});

test('a pause shorter than the silence duration does not end the turn', () => {
  const events = detect(silence(500), voiced(400), silence(400), voiced(400), silence(700));

  expect(events.map(({ type }) => type)).toEqual(['speechStarted', 'speechStopped']);
});

test('a click in the silence after a turn does not prolong it', () => {
  const plain = detect(silence(500), voiced(400), silence(1_000));
  const clicked = detect(silence(500), voiced(400), silence(300), click(), silence(700));

  expect(clicked).toEqual(plain);
});

test('speech 10 dB above a steady noise is found, and its end too', () => {
  const noise = whiteNoise(6_000, 0.1);
  const events = detect(mix(noise, concat(silence(3_000), voiced(800, 0.15))));

  expect(events.map(({ type }) => type)).toEqual(['speechStarted', 'speechStopped']);
  expect(events[0]).toMatchObject({ audioStartMs: expect.closeTo(2_700, -2) as number });
});

test('quiet speech after a loud noise has gone is found', () => {
  const events = detect(whiteNoise(4_000, 0.5), silence(500), voiced(500, 0.01), silence(800));

  expect(events.map(({ type }) => type)).toEqual(['speechStarted', 'speechStopped']);
});

test('a noise that is switched on and stays ends as a turn once it is the room', () => {
  const events = detect(silence(1_000), whiteNoise(8_000, 0.1));

  expect(events.map(({ type }) => type)).toEqual(['speechStarted', 'speechStopped']);
  const [, stopped] = events;
  expect(stopped?.type === 'speechStopped' && stopped.audioEndMs < 5_000).toBe(true);
});

test('a higher threshold wants louder speech', () => {
  const sound = concat(silence(500), voiced(500, 0.004), silence(800));
  const strict = new TurnDetector({ ...DEFAULT_TURN_DETECTION, threshold: 1 });
  const keen = new TurnDetector({ ...DEFAULT_TURN_DETECTION, threshold: 0.1 });

  expect(strict.push(sound)).toEqual([]);
  expect(keen.push(sound)).toHaveLength(2);
});

test('how the sound is cut into chunks does not change the events', () => {
  const sound = concat(silence(400), voiced(300), silence(700), voiced(300), silence(700));
  const whole = new TurnDetector().push(sound);

  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9_000 }), { maxLength: 30 }), (sizes) => {
      const detector = new TurnDetector();
      const events: TurnDetectorEvent[] = [];
      let start = 0;
      for (const size of sizes) {
        events.push(...detector.push(sound.subarray(start, start + size)));
        start += size;
      }
      events.push(...detector.push(sound.subarray(start)));

      expect(events).toEqual(whole);
    }),
    { numRuns: 10 },
  );
});

test('a new silence duration holds for the turn that is under way', () => {
  const detector = new TurnDetector();
  detector.push(concat(silence(500), voiced(400)));

  detector.configure({ ...DEFAULT_TURN_DETECTION, silenceDurationMs: 200 });

  expect(detector.push(silence(350))).toHaveLength(1);
});

test('a reset forgets the turn without an event and keeps counting', () => {
  const detector = new TurnDetector();
  detector.push(concat(silence(500), voiced(400)));
  expect(detector.speaking).toBe(true);

  detector.reset();

  expect(detector.speaking).toBe(false);
  expect(detector.positionMs).toBe(900);
  expect(detector.push(silence(1_000))).toEqual([]);
});

test('a turn after a reset does not reach back before it', () => {
  const detector = new TurnDetector();
  detector.push(concat(silence(1_000)));
  detector.reset();

  expect(detector.push(concat(silence(100), voiced(300)))).toEqual([
    { type: 'speechStarted', audioStartMs: 1_000 },
  ]);
});
