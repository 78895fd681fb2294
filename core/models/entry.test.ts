import { expect, test } from 'vitest';

import { chooseTier, FAST_TIER, modelFacts, resolveContextWindow, unknownEntry } from './entry.ts';

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
  ['nine tenths of the window', 1000, null, undefined, 900],
  ['what the model says', 1000, 700, undefined, 700],
  ['what is configured', 1000, 700, 500, 500],
  ['no more than nine tenths, whoever says so', 1000, 950, 2000, 900],
  ['what is configured where no window is known', null, null, 500, 500],
  ['never, where nothing is known', null, null, undefined, null],
])('a conversation is compacted at %s', (_what, contextWindow, own, compactLimit, expected) => {
  const entry = { ...unknownEntry('m'), contextWindow, autoCompactTokenLimit: own };
  const configured = { contextWindow: undefined, compactLimit };
  const facts = modelFacts('m', entry, configured, { isAsking: false, retirement: undefined });
  expect(facts.autoCompactTokenLimit).toBe(expected);
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
