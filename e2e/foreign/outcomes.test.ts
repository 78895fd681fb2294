import { expect, test } from 'vitest';

import { outcomesOf } from './outcomes.ts';

const finished = '{"finished":true}\n';
const passed = '{"case":"text","failure":null}\n';
const end = { stderr: '' };

test('a program that ends before it told all its cases has failed, and what it complained of is told', () => {
  expect(outcomesOf({ stdout: passed, stderr: 'Error: no such module\n' })).toEqual([
    { name: 'text', state: 'passed' },
    {
      name: 'the program',
      state: 'failed',
      reason: 'told no end of its cases\nError: no such module',
    },
  ]);
});

test('a program that told no case at all has failed', () => {
  expect(outcomesOf({ ...end, stdout: finished }).map(({ state }) => state)).toEqual(['failed']);
});

test('a program that was stopped has failed, though all its cases are told', () => {
  expect(outcomesOf({ ...end, stdout: passed + finished, trouble: 'took too long' })).toEqual([
    { name: 'text', state: 'passed' },
    { name: 'the program', state: 'failed', reason: 'took too long' },
  ]);
});

test('cases are read between whatever else the client prints', () => {
  const stdout = [
    'a warning',
    '{"level":30}',
    '{"case":"text"',
    passed.trim(),
    '{"case":"stream","failure":"no deltas"}',
    '{"case":"search","skipped":"no store"}',
    finished,
  ].join('\n');

  expect(outcomesOf({ ...end, stdout })).toEqual([
    { name: 'text', state: 'passed' },
    { name: 'stream', state: 'failed', reason: 'no deltas' },
    { name: 'search', state: 'notRun', reason: 'no store' },
  ]);
});
