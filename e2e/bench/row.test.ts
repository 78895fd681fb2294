import { expect, test } from 'vitest';

import { formatRows, measureAlternately, median, missesLimit } from './row.ts';

test('the median is the middle, or halfway between the middle two', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 1, 4, 6])).toBe(5);
  expect(() => median([])).toThrow('median of nothing');
});

test('programs take turns, each round starts with another, and the first round does not count', async () => {
  const calls: string[] = [];
  const program = (name: string, times: number[]) => async () => {
    calls.push(name);
    return times.shift() ?? 0;
  };

  const medians = await measureAlternately(
    [program('a', [1000, 1, 3]), program('b', [1000, 10, 30])],
    2,
  );

  expect(calls.join('')).toBe('abbaab');
  expect(medians).toEqual([2, 20]);
});

test('a ratio above its promise is marked and counts as missed', () => {
  const row = { what: 'start', oursMs: 30, against: [{ name: 'floor', ms: 20 }] };

  expect(formatRows([{ ...row, limitRatio: 1.3 }])).toBe(
    'start: 30.0 ms\n    1.50 x floor, 20.0 ms  (at most 1.3, MISSED)\n',
  );
  expect(missesLimit({ ...row, limitRatio: 1.3 })).toBe(true);
  expect(missesLimit({ ...row, limitRatio: 1.6 })).toBe(false);
  expect(missesLimit(row)).toBe(false);
});
