import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  digitsIn,
  numberInWords,
  ordinalInWords,
  parseSlot,
  type SpeechLanguage,
} from '../index.ts';

const languages: readonly SpeechLanguage[] = ['en', 'fr'];

describe.for(languages)('a number in words (%s)', (language) => {
  test('is read back as the same number, whichever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), (value) => {
        expect(parseSlot('number', numberInWords(value, language), language)).toBe(value);
      }),
    );
  });

  test('is read back for each of the first thousand', () => {
    const values = Array.from({ length: 1_001 }, (_, index) => index);

    expect(
      values.map((value) => parseSlot('number', numberInWords(value, language), language)),
    ).toEqual(values);
  });

  test('up to 999 is a small one, and beyond that is not', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => index);
    const readSmall = values.map((value) =>
      parseSlot('smallNumber', numberInWords(value, language), language),
    );

    expect(readSmall).toEqual(values);
    expect(parseSlot('smallNumber', numberInWords(1_000, language), language)).toBeUndefined();
  });

  test('is refused where there are no words for it', () => {
    for (const value of [-1, 0.5, 1_000_000, Number.NaN]) {
      expect(() => numberInWords(value, language)).toThrow(RangeError);
    }
  });

  test('as an ordinal is read back, first to hundredth', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);

    expect(
      values.map((value) => parseSlot('ordinal', ordinalInWords(value, language), language)),
    ).toEqual(values);
  });
});

test.for([
  ['en', 'two hundred and five', 205],
  ['en', 'a thousand', 1_000],
  ['en', 'a hundred and one thousand and nine', 101_009],
  ['en', 'Twenty-One', 21],
  ['en', '42', 42],
  ['en', 'twenty ten', undefined],
  ['en', 'hundred', undefined],
  ['en', 'one two', undefined],
  ['en', '', undefined],
  ['fr', 'vingt et un', 21],
  ['fr', 'soixante et onze', 71],
  ['fr', 'soixante-douze', 72],
  ['fr', 'quatre-vingts', 80],
  ['fr', 'quatre-vingt-un', 81],
  ['fr', 'quatre-vingt-dix-neuf', 99],
  ['fr', 'septante et une', 71],
  ['fr', 'nonante', 90],
  ['fr', 'mille', 1_000],
  ['fr', 'deux cents', 200],
  ['fr', 'deux cent mille', 200_000],
  ['fr', 'quatre-vingt mille trois cent deux', 80_302],
  ['fr', 'cents', undefined],
  ['fr', 'un mille', 1_000],
] as const)('%s: the number %j is %j', ([language, text, value]) => {
  expect(parseSlot('number', text, language)).toBe(value);
});

test.for([
  ['en', 'the third of May', { type: 'dayOfMonth', month: 5, day: 3 }],
  ['en', 'May the twenty-first', { type: 'dayOfMonth', month: 5, day: 21 }],
  ['en', 'december thirty first', { type: 'dayOfMonth', month: 12, day: 31 }],
  ['en', 'sunday', { type: 'weekday', weekday: 7 }],
  ['en', 'the day after tomorrow', { type: 'relative', days: 2 }],
  ['en', 'may', undefined],
  ['en', 'the thirty second of may', undefined],
  ['fr', 'le trois mai', { type: 'dayOfMonth', month: 5, day: 3 }],
  ['fr', 'premier janvier', { type: 'dayOfMonth', month: 1, day: 1 }],
  ['fr', 'le vingt et un août', { type: 'dayOfMonth', month: 8, day: 21 }],
  ['fr', 'lundi', { type: 'weekday', weekday: 1 }],
  ['fr', 'aujourd’hui', { type: 'relative', days: 0 }],
  ['fr', 'après-demain', { type: 'relative', days: 2 }],
] as const)('%s: the date %j', ([language, text, value]) => {
  expect(parseSlot('date', text, language)).toEqual(value);
});

test.for([
  ['en', 'half past seven', { hour: 7, minute: 30, eitherHalf: true }],
  ['en', 'half past seven in the evening', { hour: 19, minute: 30, eitherHalf: false }],
  ['en', 'a quarter to one p.m.', { hour: 12, minute: 45, eitherHalf: false }],
  ['en', 'seven oh five', { hour: 7, minute: 5, eitherHalf: true }],
  ['en', "twelve o'clock at night", { hour: 12, minute: 0, eitherHalf: false }],
  ['en', 'twelve a.m.', { hour: 0, minute: 0, eitherHalf: false }],
  ['en', 'twenty five minutes to one', { hour: 0, minute: 35, eitherHalf: false }],
  ['en', 'noon', { hour: 12, minute: 0, eitherHalf: false }],
  ['en', 'thirteen past', undefined],
  ['fr', 'sept heures et demie', { hour: 7, minute: 30, eitherHalf: true }],
  ['fr', 'dix-neuf heures trente', { hour: 19, minute: 30, eitherHalf: false }],
  ['fr', 'huit heures moins le quart du soir', { hour: 19, minute: 45, eitherHalf: false }],
  ['fr', 'une heure moins dix', { hour: 0, minute: 50, eitherHalf: false }],
  ['fr', 'vingt et une heures', { hour: 21, minute: 0, eitherHalf: false }],
  ['fr', 'minuit et quart', { hour: 0, minute: 15, eitherHalf: false }],
  ['fr', 'minuit moins cinq', { hour: 23, minute: 55, eitherHalf: false }],
  ['fr', 'heure', undefined],
] as const)('%s: the time %j', ([language, text, value]) => {
  expect(parseSlot('time', text, language)).toEqual(value);
});

test.for([
  [
    'en',
    'ask the agent to list the primes up to fifty',
    'ask the agent to list the primes up to 50',
  ],
  ['en', 'what is one plus twenty one', 'what is 1 plus 21'],
  ['en', 'tell me one', 'tell me one'],
  ['en', 'count to two hundred and five', 'count to 205'],
  [
    'fr',
    "demande à l'agent de compter jusqu'à vingt et un",
    "demande à l'agent de compter jusqu'à 21",
  ],
  ['fr', 'raconte une blague', 'raconte une blague'],
  ['fr', 'un plus deux', '1 plus 2'],
  ['en', '', ''],
] as const)('%s: %j has its numbers in digits as %j', ([language, text, digits]) => {
  expect(digitsIn(text, language)).toBe(digits);
});
