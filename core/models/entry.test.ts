import { expect, test } from 'vitest';

import { chooseTier, FAST_TIER, resolveContextWindow } from './entry.ts';

test.each([
  ['no override: the own window', { contextWindow: 100, maxContextWindow: null }, undefined, 100],
  ['no override, only a limit', { contextWindow: null, maxContextWindow: 80 }, undefined, 80],
  ['no override, a limit below', { contextWindow: 100, maxContextWindow: 80 }, undefined, 100],
  ['override above the limit', { contextWindow: 100, maxContextWindow: 200 }, 500, 200],
  ['override below the limit', { contextWindow: 100, maxContextWindow: 200 }, 150, 150],
  ['override without a limit', { contextWindow: 100, maxContextWindow: null }, 500, 500],
  ['override for a model nobody described', undefined, 500, 500],
  ['nothing known', undefined, undefined, null],
])('context window, %s', (_what, entry, configured, expected) => {
  expect(resolveContextWindow(entry, configured)).toBe(expected);
});

test.each([
  [null, true, undefined, false],
  ['fast', true, 'priority', false],
  ['fast', false, undefined, false],
  ['priority', false, undefined, false],
  ['default', true, undefined, false],
  ['flex', false, 'flex', false],
  ['other', true, undefined, true],
])('tier %j with Fast allowed %j', (wanted, isAllowed, tier, isRefused) => {
  const facts = { serviceTiers: [FAST_TIER] };
  expect(chooseTier(wanted, facts, { isEnabled: () => isAllowed })).toEqual({ tier, isRefused });
});

test('a tier of the model’s own is taken by its id, and Fast is not had where it is not listed', () => {
  const facts = { serviceTiers: [{ id: 'ultra', name: 'Ultra', description: '' }] };
  expect(chooseTier('ultra', facts, { isEnabled: () => true })).toEqual({
    tier: 'ultra',
    isRefused: false,
  });
  expect(chooseTier('fast', facts, { isEnabled: () => true })).toEqual({
    tier: undefined,
    isRefused: true,
  });
});
