import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { incrementOf, type Remembered } from './incremental.ts';

const remembered: Remembered = { fixed: 'f', input: ['u1'], output: ['a1'], responseId: 'resp_1' };

test.for<[string, Remembered | undefined, { fixed: string; input: string[] }, number | undefined]>([
  ['new items after the known ones', remembered, { fixed: 'f', input: ['u1', 'a1', 'u2'] }, 2],
  [
    'a connection that knows nothing',
    undefined,
    { fixed: 'f', input: ['u1', 'a1', 'u2'] },
    undefined,
  ],
  ['another field that changed', remembered, { fixed: 'g', input: ['u1', 'a1', 'u2'] }, undefined],
  [
    'an input that was rewritten',
    remembered,
    { fixed: 'f', input: ['u1x', 'a1', 'u2'] },
    undefined,
  ],
  ['an answer that was cut short', remembered, { fixed: 'f', input: ['u1', 'a', 'u2'] }, undefined],
  ['an answer that was left out', remembered, { fixed: 'f', input: ['u1', 'u2'] }, undefined],
  [
    'an item that came in between',
    remembered,
    { fixed: 'f', input: ['u1', 'n', 'a1', 'u2'] },
    undefined,
  ],
  ['nothing new', remembered, { fixed: 'f', input: ['u1', 'a1'] }, undefined],
  ['a shorter input', remembered, { fixed: 'f', input: ['u1'] }, undefined],
  [
    'everything after a request that was sent ahead',
    { fixed: 'f', input: [], output: [], responseId: 'warm' },
    { fixed: 'f', input: ['u1'] },
    0,
  ],
])('%s', ([, known, next, from]) => {
  expect(incrementOf(known, next)?.from).toBe(from);
});

test('whatever the histories are, the server ends up with exactly the items of the request', () => {
  // Few different items, so that prefixes and near misses are common.
  const items = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 });
  fc.assert(
    fc.property(items, items, items, fc.boolean(), (input, output, more, grows) => {
      const next = { fixed: 'f', input: grows ? [...input, ...output, ...more] : more };
      const known: Remembered = { fixed: 'f', input, output, responseId: 'r' };
      const increment = incrementOf(known, next);
      const onServer = increment === undefined ? [] : [...input, ...output];
      expect([...onServer, ...next.input.slice(increment?.from ?? 0)]).toEqual(next.input);
      expect(increment !== undefined || !grows || more.length === 0).toBe(true);
    }),
  );
});
