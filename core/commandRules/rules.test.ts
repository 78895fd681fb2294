import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { readRules, writtenPrefix } from './index.ts';

it('reads rules as people write them', () => {
  const written = new Map([
    ['npm test', 'allow'],
    ['git push', 'ask'],
    ["make 'all of it'", 'allow_outside_sandbox'],
    ['curl', 'forbid'],
  ]);
  expect(readRules(written)).toEqual({
    rules: [
      { prefix: ['npm', 'test'], decision: 'allow' },
      { prefix: ['git', 'push'], decision: 'ask' },
      { prefix: ['make', 'all of it'], decision: 'allowOutside' },
      { prefix: ['curl'], decision: 'forbid' },
    ],
    faults: [],
  });
});

it.each(['', 'a && b', 'a | b', 'a $X', 'a > b', "a 'b", 'A=1 b', '$(a)'])(
  'passes over `%s`, which is not one plain command, and says so',
  (words) => {
    const { rules, faults } = readRules(new Map([[words, 'allow']]));
    expect(rules).toEqual([]);
    expect(faults).toEqual([expect.stringContaining('is not the beginning of one plain command')]);
  },
);

it('reads what it writes', () => {
  const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (prefix) => {
      const { rules } = readRules(new Map([[writtenPrefix(prefix), 'allow']]));
      expect(rules).toEqual([{ prefix, decision: 'allow' }]);
    }),
    { numRuns: 300 },
  );
});
