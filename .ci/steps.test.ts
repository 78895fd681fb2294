import { describe, expect, test } from 'vitest';

import { checkStep, countTests, runNode, runnerStep, summarise } from './steps.ts';
import { makeTree } from './testing/tree.ts';

const vitestReport = (passed: number, failed: number, skipped = 0): unknown => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: skipped,
  numTodoTests: 0,
});

const playwrightReport = (expected: number, unexpected: number, flaky = 0): unknown => ({
  stats: { expected, unexpected, flaky, skipped: 0 },
});

describe('counting tests', () => {
  test.for<{ name: string; report: unknown; exitCode: number; passed: number; failed: number }>([
    { name: 'vitest, all well', report: vitestReport(3, 0), exitCode: 0, passed: 3, failed: 0 },
    { name: 'vitest, two failed', report: vitestReport(1, 2), exitCode: 1, passed: 1, failed: 2 },
    {
      name: 'vitest, a file that does not load is a failure',
      report: vitestReport(3, 0),
      exitCode: 1,
      passed: 3,
      failed: 1,
    },
    {
      name: 'Playwright, all well',
      report: playwrightReport(4, 0),
      exitCode: 0,
      passed: 4,
      failed: 0,
    },
    {
      name: 'Playwright, passing at the second try is a failure',
      report: playwrightReport(4, 0, 1),
      exitCode: 0,
      passed: 4,
      failed: 1,
    },
    { name: 'no report is a failure', report: undefined, exitCode: 0, passed: 0, failed: 1 },
    {
      name: 'no test at all is a failure',
      report: vitestReport(0, 0),
      exitCode: 0,
      passed: 0,
      failed: 1,
    },
    {
      name: 'an unknown report is a failure',
      report: { tests: 9 },
      exitCode: 0,
      passed: 0,
      failed: 1,
    },
  ])('$name', ({ report, exitCode, passed, failed }) => {
    expect(countTests(report, exitCode)).toMatchObject({ passed, failed });
  });

  test('a report left by an earlier run does not speak for a run that crashed', async () => {
    using tree = makeTree({ 'report.json': JSON.stringify(vitestReport(9, 0)) });

    const result = await runnerStep('tests', `${tree.root}/report.json`, async () => 1);

    expect(result).toMatchObject({ passed: 0, failed: 1 });
  });
});

test('a check counts as one test, by its exit code', async () => {
  expect(await checkStep('good', async () => 0)).toMatchObject({ passed: 1, failed: 0 });
  expect(await checkStep('bad', async () => 2)).toMatchObject({ passed: 0, failed: 1 });
});

test('a script that is not there is a failure, not an exception', async () => {
  expect(await runNode(['--eval', 'process.exit(3)'])).toBe(3);
  expect(await runNode(['--eval', 'process.kill(process.pid, "SIGKILL")'])).toBe(1);
});

test('the last line is the totals of all steps, and nothing else', () => {
  const text = summarise([
    { name: 'lint', isRunner: false, passed: 1, failed: 0, skipped: 0, durationMs: 1234 },
    { name: 'types', isRunner: false, passed: 0, failed: 1, skipped: 0, durationMs: 50 },
    { name: 'unit', isRunner: true, passed: 40, failed: 2, skipped: 3, durationMs: 9000 },
  ]);

  expect(text.split('\n')).toEqual([
    '✓ lint     1.2 s',
    '✗ types    0.1 s',
    '✗ unit     9.0 s   40 passed, 2 failed, 3 skipped',
    '',
    '41 passed, 3 failed',
    '',
  ]);
});
