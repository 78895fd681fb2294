import { describe, expect, test } from 'vitest';

import { excerptAt, foldCase, placesOf } from './literalSearch.ts';

const found = (term: string, text: string): readonly number[] => [
  ...placesOf(foldCase(term), text),
];

describe('a term in a text', () => {
  test.for<[string, string, readonly number[]]>([
    ['needle', 'a NEEDLE and a Needle', [2, 15]],
    ['äöü', 'ÄÖÜ', [0]],
    ['οδος', 'ΟΔΟΣ οδοσ', [0, 5]],
    // Its small form is longer: what stands behind it stays where it is.
    ['x', 'İİX', [2]],
    ['İ', 'aİ', [1]],
    ['aa', 'aaaa', [0, 2]],
    ['検索', '日本語の検索', [4]],
    ['%', '50% of it', [2]],
    ['strasse', 'Straße', []],
    ['👩‍🚀', 'the 👩‍🚀 flies', [4]],
  ])('%j is found in %j at %j', ([term, text, places]) => {
    expect(found(term, text)).toEqual(places);
  });
});

describe('an excerpt', () => {
  test('of a short text is all of it', () => {
    expect(excerptAt('the sky is blue', 4, 3)).toEqual({
      text: 'the sky is blue',
      start: 4,
      end: 7,
    });
  });

  test('of a long text has some words on both sides, and marks where more was', () => {
    const text = `${'left '.repeat(50)}needle${' right'.repeat(50)}`;
    const excerpt = excerptAt(text, 250, 6);

    expect(excerpt.text).toMatch(/^\.\.\. .{48}needle.{96} \.\.\.$/u);
    expect(excerpt.text.slice(excerpt.start, excerpt.end)).toBe('needle');
  });

  test('is one line, and its place still that of what was found', () => {
    const text = `one\n\n  two\tNEEDLE\r\n\r\n${' '.repeat(900)}end`;
    const { text: line, start, end } = excerptAt(text, text.indexOf('NEEDLE'), 6);

    expect(line).toBe('one two NEEDLE ...');
    expect(line.slice(start, end)).toBe('NEEDLE');
  });

  test('cuts no character in two', () => {
    const text = `${'👍🏽'.repeat(40)}x${'👍🏽'.repeat(60)}`;
    const excerpt = excerptAt(text, 160, 1);

    expect(excerpt.text.isWellFormed()).toBe(true);
    expect(excerpt.text).toMatch(/^\.\.\. (?:👍🏽)+x(?:👍🏽)+ \.\.\.$/u);
  });
});
