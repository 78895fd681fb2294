import { describe, expect, test } from 'vitest';

import {
  BEFORE,
  type BenchRow,
  collectAlternately,
  confirmLosses,
  formatRows,
  measureAlternately,
  median,
  middleOf,
  missesLimit,
  percentile,
  promisedOfBefore,
} from './row.ts';

test('the median is the middle, or halfway between the middle two', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 1, 4, 6])).toBe(5);
  expect(() => median([])).toThrow('median of nothing');
});

test('a percentile is a measurement, not a value in between', () => {
  const oneToTwenty = Array.from({ length: 20 }, (_, index) => 20 - index);

  expect(percentile(oneToTwenty, 0.95)).toBe(19);
  expect(percentile([7], 0.95)).toBe(7);
  expect(middleOf(oneToTwenty)).toEqual({ value: 10.5, p95: 19 });
  expect(() => percentile([], 0.5)).toThrow('percentile of nothing');
});

test('programs take turns, back and forth, and the first round does not count', async () => {
  const calls: string[] = [];
  const program = (name: string, times: number[]) => async () => {
    calls.push(name);
    return times.shift() ?? 0;
  };

  const medians = await measureAlternately(
    [program('a', [1000, 1, 3]), program('b', [1000, 10, 30])],
    2,
  );

  expect(calls.join('')).toBe('abbaba');
  expect(medians).toEqual([2, 20]);
});

test('over the rounds each program follows each of the others as often', async () => {
  const calls: string[] = [];
  const programs = ['a', 'b', 'c'].map((name) => async () => {
    calls.push(name);
    return [1];
  });
  await collectAlternately(programs, 5);
  const rounds = Array.from({ length: 6 }, (_, round) => calls.slice(round * 3, round * 3 + 3));

  expect(rounds.map((round) => round.join(''))).toEqual(['abc', 'cba', 'bca', 'acb', 'cab', 'bac']);
});

test('many measurements of one round are all kept', async () => {
  const rounds = [[1000], [1, 2], [3]];

  expect(await collectAlternately([async () => rounds.shift() ?? []], 2)).toEqual([[1, 2, 3]]);
});

const startRow = (atMost: number): BenchRow => ({
  what: 'start',
  unit: 'ms',
  ours: { value: 30, p95: 41.26 },
  against: [{ name: 'floor', value: 20, promised: { atMost } }],
});

test('a ratio above its promise is marked and counts as missed', () => {
  expect(formatRows([startRow(1.3)])).toBe(
    'start: 30.0 ms (p95 41.3)\n    1.50 x floor, 20.0 ms  [at most 1.3, MISSED]\n',
  );
  expect(missesLimit(startRow(1.3))).toBe(true);
  expect(missesLimit(startRow(1.6))).toBe(false);
});

test('a rate promises to be at least so much, of its own or of the other', () => {
  const row: BenchRow = {
    what: 'flood',
    unit: 'a second',
    ours: { value: 12_000 },
    against: [{ name: 'peer', value: 1000, note: '3 lost', promised: { atLeast: 10 } }],
    promised: { atLeast: 15_000 },
  };

  expect(formatRows([row])).toBe(
    'flood: 12,000 a second  [at least 15000, MISSED]\n   12.00 x peer, 1,000 a second, 3 lost  [at least 10]\n',
  );
  expect(missesLimit(row)).toBe(true);
  expect(missesLimit({ ...row, promised: { atLeast: 11_000 } })).toBe(false);
});

const rowOf = (ours: number, before: number, unit: BenchRow['unit'] = 'ms'): BenchRow => ({
  what: `a figure in ${unit}`,
  unit,
  ours: { value: ours },
  against: [{ name: BEFORE, value: before, promised: promisedOfBefore(unit) }],
});
/** Measurements one after the other; fails when more are asked for. */
const measurements = (...runs: (readonly BenchRow[])[]) => {
  const left = [...runs];
  return {
    left,
    measure: async () => {
      const rows = left.shift();
      if (rows === undefined) throw new Error('measured too often');
      return rows;
    },
  };
};

describe('beside the commit before', () => {
  test.for<[number, number, BenchRow['unit'], boolean]>([
    [104, 100, 'ms', false],
    [106, 100, 'ms', true],
    [96, 100, 'a second', false],
    [94, 100, 'a second', true],
    [50, 100, 'ms', false],
  ])('%i against %i %s is a loss: %s', ([ours, before, unit, isLoss]) => {
    expect(missesLimit(rowOf(ours, before, unit))).toBe(isLoss);
  });

  test('what is as fast as before is measured once', async () => {
    const { measure } = measurements([rowOf(100, 100)]);

    expect(await confirmLosses(measure)).toEqual([rowOf(100, 100)]);
  });

  test('a loss that is gone when it is measured again was noise', async () => {
    const { measure } = measurements([rowOf(120, 100)], [rowOf(101, 100)]);

    expect(await confirmLosses(measure)).toEqual([rowOf(101, 100)]);
  });

  test('a loss that is there three times stays, with its best figures', async () => {
    const { measure, left } = measurements(
      [rowOf(120, 100)],
      [rowOf(110, 100)],
      [rowOf(130, 100)],
      [rowOf(100, 100)],
    );
    const rows = await confirmLosses(measure);

    expect(rows).toEqual([rowOf(110, 100)]);
    expect(rows.some((row) => missesLimit(row))).toBe(true);
    expect(left).toHaveLength(1);
  });

  test('measuring again because of one row does not make another worse', async () => {
    const { measure } = measurements(
      [rowOf(120, 100), rowOf(100, 100, 'a second')],
      [rowOf(100, 100), rowOf(80, 100, 'a second')],
    );

    expect(await confirmLosses(measure)).toEqual([rowOf(100, 100), rowOf(100, 100, 'a second')]);
  });

  test('what a commit before did not promise is no loss, and is measured once', async () => {
    const shown: BenchRow = {
      ...rowOf(300, 100),
      against: [{ name: BEFORE, value: 100 }],
    };
    const { measure } = measurements([shown]);

    expect(await confirmLosses(measure)).toEqual([shown]);
    expect(missesLimit(shown)).toBe(false);
  });

  test('without a commit before nothing is measured again', async () => {
    const alone: BenchRow = { what: 'a', unit: 'ms', ours: { value: 1 }, against: [] };
    const { measure } = measurements([alone]);

    expect(await confirmLosses(measure)).toEqual([alone]);
  });
});
