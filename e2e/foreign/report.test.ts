import { expect, test } from 'vitest';

import { formatReport, hasFailures } from './report.ts';

test('a client that cannot be had is not run, says why, and fails nothing', () => {
  const results = [
    { client: 'a', outcomes: [{ name: 'text', state: 'passed' as const }] },
    {
      client: 'longer',
      outcomes: [{ name: 'all of it', state: 'notRun' as const, reason: 'there is no Python' }],
    },
  ];

  expect(hasFailures(results)).toBe(false);
  expect(formatReport(results)).toBe(
    `client  passed  failed  not run
a            1       0        0
longer       0       0        1

longer, all of it: not run: there is no Python

1 passed, 0 failed
`,
  );
});

test('one case that failed fails the run, and its reason is told', () => {
  const outcomes = [
    { name: 'text', state: 'passed' as const },
    { name: 'stream', state: 'failed' as const, reason: 'no deltas' },
  ];
  const results = [{ client: 'a', outcomes }];

  expect(hasFailures(results)).toBe(true);
  expect(formatReport(results)).toMatch(/\na, stream: failed: no deltas\n\n1 passed, 1 failed\n$/u);
});
