import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  concatPcm,
  decodePcm,
  encodePcm,
  fadeIn,
  fadeOut,
  measureLevel,
  msToSamples,
  samplesToMs,
  silence,
} from './index.ts';
import { clampToInt16, mixDown } from './pcm.ts';

describe('base64', () => {
  test('any samples survive the way there and back', () => {
    fc.assert(
      fc.property(fc.int16Array(), (samples) => {
        expect(decodePcm(encodePcm(samples))).toEqual(samples);
      }),
    );
  });

  test('samples are written little-endian', () => {
    expect(encodePcm(Int16Array.of(0x0102))).toBe(
      Buffer.from(Uint8Array.of(0x02, 0x01)).toString('base64'),
    );
  });

  test('a view into the middle of a larger array encodes only itself', () => {
    const view = Int16Array.of(1, 2, 3, 4).subarray(1, 3);

    expect(decodePcm(encodePcm(view))).toEqual(Int16Array.of(2, 3));
  });

  test('half a sample at the end is dropped', () => {
    expect(decodePcm(Buffer.from([1, 0, 2]).toString('base64'))).toEqual(Int16Array.of(1));
  });

  test('text that is not base64 at all decodes to no samples', () => {
    expect(decodePcm('****')).toHaveLength(0);
  });
});

test('level is measured as a share of full scale', () => {
  expect(measureLevel(Int16Array.of(-32_768, 0))).toEqual({ rms: Math.SQRT1_2, peak: 1 });
  expect(measureLevel(new Int16Array(0))).toEqual({ rms: 0, peak: 0 });
});

test('durations are whole milliseconds and whole samples, rounded down', () => {
  expect(samplesToMs(480)).toBe(20);
  expect(samplesToMs(47)).toBe(1);
  expect(samplesToMs(100 * 47)).toBe(195);
  expect(msToSamples(20, 44_100)).toBe(882);
  expect(silence(10)).toEqual(new Int16Array(240));
});

test('joining keeps order and length', () => {
  const parts = [Int16Array.of(1, 2), new Int16Array(0), Int16Array.of(3)];

  expect(concatPcm(parts)).toEqual(Int16Array.of(1, 2, 3));
});

test('fades change only their end of the sound', () => {
  const sound = new Int16Array(6).fill(100);

  fadeIn(sound, 2);
  fadeOut(sound, 2);

  expect(sound).toEqual(Int16Array.of(0, 50, 100, 100, 50, 0));
});

test('a fade longer than the sound spans all of it', () => {
  const sound = new Int16Array(2).fill(100);

  fadeOut(sound, 480);

  expect(sound).toEqual(Int16Array.of(50, 0));
});

test('mixing down averages the channels without overflowing', () => {
  expect(mixDown(Int16Array.of(32_767, 32_767, -10, 20, 7), 2)).toEqual(Int16Array.of(32_767, 5));
});

test('a value beyond 16 bits is cut off at full scale', () => {
  expect([40_000, -40_000, 1.4].map(clampToInt16)).toEqual([32_767, -32_768, 1]);
});
