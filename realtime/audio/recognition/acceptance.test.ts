import { describe, expect, test } from 'vitest';

import { type DecodedUtterance, probabilityOfPhrase } from './acceptance.ts';
import type { DecodedWord } from './soundswallower.ts';

const SECONDS = 0.4;

/** Stretches of sound one after the other, each so far from the best per frame, in the decoder's units. */
const heard = (...distances: readonly number[]): DecodedWord[] =>
  distances.map((distance, index) => ({
    t: `w${index}`,
    b: index * SECONDS,
    d: SECONDS,
    p: 1.000_1 ** (-distance * SECONDS * 100),
  }));

/** How sure it is, in English, when the words are all that was heard in a quiet room. */
const sure = (
  words: readonly DecodedWord[],
  free: readonly DecodedWord[],
  around: Partial<DecodedUtterance> = {},
): number => {
  const seconds = words.length * SECONDS;
  return probabilityOfPhrase('en', { words, free, seconds, rangeDb: 55, ...around });
};

test('words as near to the sound as free phones were said', () => {
  expect(sure(heard(15, 20), heard(20, 20))).toBeGreaterThan(0.8);
});

test('words much farther from it than free phones were not', () => {
  expect(sure(heard(60, 70), heard(30, 30))).toBeLessThan(0.05);
});

test('a voice that the models do not know may be farther from words, as it is from phones', () => {
  const far = heard(38, 40);

  expect(sure(far, heard(36, 38))).toBeGreaterThan(3 * sure(far, heard(20, 20)));
});

test('one word that does not fit makes a phrase less likely than two that fit half as badly', () => {
  expect(sure(heard(20, 80), heard(25, 25))).toBeLessThan(sure(heard(50, 50), heard(25, 25)));
});

test('speech that is none of the words makes them less likely, except where it may be noise', () => {
  const near = [heard(20, 20), heard(25, 25)] as const;
  const longer = { seconds: 6 * SECONDS };

  expect(sure(...near, longer)).toBeLessThan(sure(...near) / 2);
  expect(sure(...near, { ...longer, rangeDb: 0 })).toBe(sure(...near));
});

describe('odd sounds', () => {
  test.for([
    ['no phones', heard(30), []],
    ['a word without any length', [{ t: 'w', b: 0, d: 0, p: 1 }], heard(20)],
    ['a likelihood too small to be told', [{ t: 'w', b: 0, d: SECONDS, p: 0 }], heard(20)],
    ['phones somewhere else', heard(30), [{ t: 'x', b: 9, d: SECONDS, p: 0.9 }]],
  ] as const)('%s give a probability all the same', ([, words, free]) => {
    const probability = sure(words, free);

    expect(probability).toBeGreaterThanOrEqual(0);
    expect(probability).toBeLessThanOrEqual(1);
  });
});
