import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { PlayoutSound } from './playoutSound.ts';

test('a frame waits until it is full while more may come, and is filled up when nothing will', () => {
  const sound = new PlayoutSound();
  sound.push(
    'a',
    Int16Array.from({ length: 300 }, () => 5),
  );

  expect(sound.take('a', true)).toBeUndefined();
  const last = sound.take('a', false);
  expect(last?.sampleCount).toBe(300);
  expect(last?.frame).toHaveLength(480);
  expect(last?.frame.at(299)).toBe(5);
  expect(last?.frame.at(300)).toBe(0);
  expect(sound.take('a', false)).toBeUndefined();
});

test('what was dropped is not heard, and others are', () => {
  const sound = new PlayoutSound();
  sound.push('a', new Int16Array(480));
  sound.push('b', new Int16Array(480));
  sound.drop('a');

  expect(sound.take('a', false)).toBeUndefined();
  expect(sound.take('b', false)?.sampleCount).toBe(480);
});

test('whatever pieces go in, the same samples come out in frames of 480', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 12 }), (lengths) => {
      const sound = new PlayoutSound();
      let next = 0;
      const total = lengths.reduce((sum, length) => sum + length, 0);
      for (const length of lengths) {
        const start = next;
        sound.push(
          'a',
          Int16Array.from({ length }, (_, index) => start + index),
        );
        next += length;
      }
      const out: number[] = [];
      for (let taken = sound.take('a', true); taken !== undefined; taken = sound.take('a', true)) {
        expect(taken.sampleCount).toBe(480);
        out.push(...taken.frame);
      }
      const rest = sound.take('a', false);
      out.push(...(rest?.frame.subarray(0, rest.sampleCount) ?? []));

      expect(out).toEqual(Array.from({ length: total }, (_, index) => index));
    }),
    { numRuns: 100 },
  );
});
