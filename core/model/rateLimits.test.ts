import { expect, test } from 'vitest';

import { rateLimitsFromHeaders } from './rateLimits.ts';

const nothing = { limitName: null, secondary: null, credits: null, planType: null };

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
