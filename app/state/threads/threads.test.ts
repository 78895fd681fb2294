import { expect, test } from 'vitest';

import {
  groupByDay,
  nameByFirstWords,
  noThreads,
  renamed,
  withoutRow,
  withRow,
} from './threads.ts';

test('conversations stand under the words people use for time, newest first', () => {
  const nowMs = new Date(2026, 10, 20, 12).getTime();
  const row = (id: string, hoursAgo: number) => ({
    id,
    title: id,
    updatedAtMs: nowMs - hoursAgo * 3_600_000,
  });
  const groups = groupByDay([row('c', 80), row('a', 2), row('b', 20), row('d', 900)], nowMs);

  expect(groups.map(({ label, rows }) => [label, rows.map(({ id }) => id)])).toEqual([
    ['Today', ['a']],
    ['Yesterday', ['b']],
    ['Last seven days', ['c']],
    ['Earlier', ['d']],
  ]);
});

test('a conversation is called by its first words, and keeps that name', () => {
  const fresh = withRow(noThreads, { id: 'a', title: 'New conversation', updatedAtMs: 0 });
  const named = nameByFirstWords(fresh, 'a', '  Fix   the\ntest ');

  expect(named.rows[0]?.title).toBe('Fix the test');
  expect(nameByFirstWords(named, 'a', 'Something else')).toBe(named);
});

test('late news of a conversation without a name does not take its name away', () => {
  const fresh = { id: 'a', title: 'New conversation', updatedAtMs: 1 };
  const named = nameByFirstWords(withRow(noThreads, fresh), 'a', 'Fix the test');

  expect(withRow(named, { ...fresh, updatedAtMs: 2 }).rows).toEqual([
    { id: 'a', title: 'Fix the test', updatedAtMs: 2 },
  ]);
});

test('a conversation is called as the engine calls it, and one that it does not list stays unlisted', () => {
  const listed = withRow(noThreads, { id: 'a', title: 'fix the test, please', updatedAtMs: 1 });

  expect(renamed(listed, 'a', 'Fix the test').rows[0]?.title).toBe('Fix the test');
  expect(renamed(listed, 'b', 'Other')).toBe(listed);
});

test('a conversation that was put away or deleted leaves the list, also when that is told twice', () => {
  const listed = withRow(noThreads, { id: 'a', title: 'A', updatedAtMs: 1 });
  const rest = withoutRow(listed, 'a');

  expect(rest.rows).toEqual([]);
  expect(withoutRow(rest, 'a').rows).toEqual([]);
});
