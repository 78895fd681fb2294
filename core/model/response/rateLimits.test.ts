import { expect, test } from 'vitest';

import { rateLimitsFromHeaders, rateLimitsOfRefusal } from './rateLimits.ts';

const nothing = {
  limitName: null,
  normalModelSlug: null,
  secondary: null,
  credits: null,
  individualLimit: null,
  spendControlReached: null,
  planType: null,
  rateLimitReachedType: null,
};

test('headers of two families give a bucket each', () => {
  const snapshots = rateLimitsFromHeaders({
    'x-codex-primary-used-percent': '12.5',
    'x-codex-primary-window-minutes': '300',
    'x-codex-primary-reset-at': '1900000000',
    'x-codex-credits-has-credits': 'true',
    'x-codex-credits-unlimited': 'false',
    'x-codex-credits-balance': '12.34',
    'x-codex-other-secondary-used-percent': '70',
    'x-codex-other-limit-name': 'Other',
    'x-unrelated': '1',
  });

  expect(snapshots).toEqual([
    {
      ...nothing,
      limitId: 'codex',
      primary: { usedPercent: 13, windowDurationMins: 300, resetsAt: 1_900_000_000 },
      credits: { hasCredits: true, unlimited: false, balance: '12.34' },
    },
    {
      ...nothing,
      limitId: 'codex_other',
      limitName: 'Other',
      primary: null,
      secondary: { usedPercent: 70, windowDurationMins: null, resetsAt: null },
    },
  ]);
});

test('no headers, and headers that are no numbers, say nothing', () => {
  expect(rateLimitsFromHeaders({ 'content-type': 'text/event-stream' })).toEqual([]);
  expect(
    rateLimitsFromHeaders({
      'x-codex-primary-used-percent': 'abc',
      'x-codex-secondary-used-percent': 'NaN',
      'x-codex-secondary-window-minutes': '-1',
    }),
  ).toEqual([]);
});

test.for<{ name: string; headers: Record<string, string>; reached: readonly unknown[] }>([
  {
    name: 'beside a bucket',
    headers: { 'x-codex-primary-used-percent': '100' },
    reached: [['codex', 'rate_limit_reached']],
  },
  { name: 'alone', headers: {}, reached: [['codex', 'rate_limit_reached']] },
  {
    name: 'of another bucket than the one that has numbers',
    headers: { 'x-codex-primary-used-percent': '1', 'x-codex-active-limit': 'codex-other' },
    reached: [
      ['codex', null],
      ['codex_other', 'rate_limit_reached'],
    ],
  },
])('a refusal says which limit was reached, $name', ({ headers, reached }) => {
  const type = { 'x-codex-rate-limit-reached-type': 'rate_limit_reached' };
  const snapshots = rateLimitsOfRefusal({ ...headers, ...type });

  expect(snapshots.map((each) => [each.limitId, each.rateLimitReachedType])).toEqual(reached);
});

test('an unknown kind of limit is none, and an answer does not say that one was reached', () => {
  const headers = {
    'x-codex-primary-used-percent': '100',
    'x-codex-rate-limit-reached-type': 'bogus',
  };
  expect(rateLimitsOfRefusal(headers)).toMatchObject([{ rateLimitReachedType: null }]);
  const known = { ...headers, 'x-codex-rate-limit-reached-type': 'rate_limit_reached' };
  expect(rateLimitsFromHeaders(known)).toMatchObject([{ rateLimitReachedType: null }]);
});
