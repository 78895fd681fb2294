import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { splitForSpeech } from './sentences.ts';

const said = (text: string): readonly string[] => splitForSpeech(text).map((piece) => piece.text);

describe('what is said', () => {
  test.for<{ name: string; text: string; says: string[] }>([
    { name: 'nothing for an empty text', text: '', says: [] },
    { name: 'nothing for blanks', text: ' \n\t ', says: [] },
    { name: 'nothing for emoji alone', text: '👍🏽 🎉', says: [] },
    { name: 'nothing for punctuation alone', text: '... !?', says: [] },
    { name: 'words without the emoji', text: 'Done 🎉!', says: ['Done !'] },
    { name: 'one sentence at a time', text: 'One. Two! Three?', says: ['One.', 'Two!', 'Three?'] },
    {
      name: 'a quoted sentence with its quotes',
      text: 'He said "go." Then he left.',
      says: ['He said "go."', 'Then he left.'],
    },
    { name: 'decimals in one piece', text: 'Pi is 3.14 or so.', says: ['Pi is 3.14 or so.'] },
    {
      name: 'abbreviations in one piece',
      text: 'Dr. Smith, e.g. J. Smith, came.',
      says: ['Dr. Smith, e.g. J. Smith, came.'],
    },
    {
      name: 'an abbreviation at the very end',
      text: 'Cats, dogs, etc.',
      says: ['Cats, dogs, etc.'],
    },
    { name: 'lines as sentences', text: '# Plan\n- tea\n- milk', says: ['Plan', 'tea', 'milk'] },
    { name: 'accents as plain letters', text: 'Café Łódź, Straße', says: ['Cafe Lodz, Strasse'] },
    { name: 'symbols as words', text: '5% & 3°', says: ['5 percent and 3 degrees'] },
    { name: 'full-width forms', text: 'ＡＢＣ １２', says: ['ABC 12'] },
    {
      name: 'that there is code, not the code',
      text: 'Run this:\n```sh\nrm -rf x\n```\nand wait.',
      says: ['Run this:', 'A block of code.', 'and wait.'],
    },
    { name: 'code that never ends', text: '```\nlet x', says: ['A block of code.'] },
    { name: 'inline code without its marks', text: 'Use `git log`.', says: ['Use git log .'] },
    {
      name: 'where a link goes',
      text: 'See https://www.example.org/a?b=1. Or [this](http://x.y/z).',
      says: ['See a link to example.org.', 'Or this.'],
    },
    {
      name: 'a note for another script alone',
      text: '日本語です。',
      says: ['I can not read this script aloud.', 'Please see the text.'],
    },
    { name: 'the Latin words of a mixed text', text: 'Say привет to Bob', says: ['Say to Bob'] },
  ])('$name', ({ text, says }) => {
    expect(said(text)).toEqual(says);
  });
});

test('a long sentence is cut after a clause, and rests there less than after a sentence', () => {
  const clause = `${'word '.repeat(30).trim()}, `;
  const pieces = splitForSpeech(`${clause}${'more '.repeat(20).trim()}. End.`);

  expect(pieces.map(({ text }) => text.length)).toEqual([150, 100, 4]);
  expect(pieces.map(({ pauseMs }) => pauseMs)).toEqual([120, 220, 220]);
});

test('an endless word is cut and loses nothing', () => {
  expect(said('x'.repeat(450)).join('')).toBe('x'.repeat(450));
});

test('any text gives short pieces of printable ASCII with something to say in each', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
      for (const piece of said(text)) {
        expect(piece).toMatch(/^[\x20-\x7e]{1,200}$/u);
      }
    }),
    { numRuns: 200 },
  );
});
