import { expect, test } from 'vitest';

import { clockText, plainWords } from './work.ts';

test('a preview of an answer has its words and none of its marks', () => {
  expect(plainWords('# Done\n\n> *It* has **2** [words](http://x).\n- `a`')).toBe(
    'Done It has 2 words. a',
  );
});

test('elapsed time reads like a clock', () => {
  expect([34_000, 725_000, 3_723_000, -1].map(clockText)).toEqual([
    '0:34',
    '12:05',
    '1:02:03',
    '0:00',
  ]);
});
