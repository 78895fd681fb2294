import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';

import { shortened, textHead, textTail } from './cutText.ts';

const FAMILY = '👨‍👩‍👧‍👦';

test.for<[string, number, string, string]>([
  ['abcdef', 4, 'abcd', 'cdef'],
  ['abc', 3, 'abc', 'abc'],
  ['abc', 9, 'abc', 'abc'],
  ['', 3, '', ''],
  ['😀😀😀', 3, '😀', '😀'],
  ['ae\u0301ae\u0301', 2, 'a', 'e\u0301'],
  [`a${FAMILY}b`, 5, 'a', 'b'],
  [FAMILY, 5, '', ''],
])('%j in %i is cut between characters', ([text, limit, head, tail]) => {
  expect([textHead(text, limit), textTail(text, limit)]).toEqual([head, tail]);
});

test('what was shortened says so, what fits stays as it is', () => {
  expect([shortened('abc', 3), shortened('abcd', 3), shortened('ab😀', 3)]).toEqual([
    'abc',
    'abc…',
    'ab…',
  ]);
});

test('what is cut keeps the limit, is a part of the text, and has no half of a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, limit) => {
      const head = textHead(text, limit);
      const tail = textTail(text, limit);

      expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
      expect(Math.max(head.length, tail.length)).toBeLessThanOrEqual(limit);
      expect([head.isWellFormed(), tail.isWellFormed()]).toEqual([true, true]);
    }),
  );
});

test('rules of characters are loaded by the first text that is too long, and no sooner', async () => {
  vi.resetModules();
  using loading = vi.spyOn(Intl, 'Segmenter');
  const fresh = await import('./cutText.ts');
  expect([fresh.shortened('abc', 3), fresh.textTail('abc', 3)]).toEqual(['abc', 'abc']);
  expect(loading).not.toHaveBeenCalled();

  expect(fresh.shortened('abcd', 3)).toBe('abc…');
  expect(loading).toHaveBeenCalledOnce();
});
