import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import process from 'node:process';

import * as z from 'zod';

/** How many tests a step ran and how they ended. A plain check counts as one test. */
export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

export type StepResult = Counts & {
  readonly name: string;
  readonly durationMs: number;
  /** True for a test runner, whose numbers are worth showing. */
  readonly isRunner: boolean;
};

const VitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
});

const PlaywrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

/**
 * Reads the numbers out of a test runner's JSON report. A run that ended badly without naming a failed
 * test (it crashed, a file did not load, there was no test) counts as one failure, never as none.
 */
export function countTests(report: unknown, exitCode: number): Counts {
  const counts = readCounts(report);
  const ranSomething = counts.passed + counts.failed > 0;
  return counts.failed === 0 && (exitCode !== 0 || !ranSomething)
    ? { ...counts, failed: 1 }
    : counts;
}

function readCounts(report: unknown): Counts {
  const vitest = VitestReport.safeParse(report);
  if (vitest.success) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = vitest.data;
    return {
      passed: numPassedTests,
      failed: numFailedTests,
      skipped: numPendingTests + numTodoTests,
    };
  }
  const playwright = PlaywrightReport.safeParse(report);
  if (playwright.success) {
    const { expected, unexpected, flaky, skipped } = playwright.data.stats;
    return { passed: expected, failed: unexpected + flaky, skipped };
  }
  return { passed: 0, failed: 0, skipped: 0 };
}

/** Runs one of this repository's scripts or tools with this Node, its output going straight through. */
export async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    resolve(1);
  });
  child.once('close', (code) => {
    resolve(code ?? 1);
  });
  return promise;
}

async function readReport(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // The runner ended before it could write one; `countTests` makes that a failure.
    return undefined;
  }
}

async function timed(
  name: string,
  isRunner: boolean,
  run: () => Promise<Counts>,
): Promise<StepResult> {
  process.stdout.write(`\n── ${name}\n`);
  const startedMs = performance.now();
  const counts = await run();
  return { name, isRunner, durationMs: performance.now() - startedMs, ...counts };
}

/** A step that passes or fails as a whole, by its exit code. */
export async function checkStep(name: string, run: () => Promise<number>): Promise<StepResult> {
  return timed(name, false, async () => {
    const ok = (await run()) === 0;
    return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  });
}

/** A step that runs tests and leaves a JSON report of them in `reportFile`. */
export async function runnerStep(
  name: string,
  reportFile: string,
  run: () => Promise<number>,
): Promise<StepResult> {
  return timed(name, true, async () => {
    // A report of an earlier run must not speak for this one.
    await rm(reportFile, { force: true });
    const exitCode = await run();
    return countTests(await readReport(reportFile), exitCode);
  });
}

/** The closing table, and as its last line the totals, exactly `N passed, N failed`. */
export function summarise(results: readonly StepResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const rows = results.map(({ name, passed, failed, skipped, durationMs, isRunner }) => {
    const seconds = `${(durationMs / 1000).toFixed(1)} s`.padStart(8);
    const details = [`${passed} passed`, `${failed} failed`];
    if (skipped > 0) details.push(`${skipped} skipped`);
    const numbers = isRunner ? `   ${details.join(', ')}` : '';
    return `${failed === 0 ? '✓' : '✗'} ${name.padEnd(width)} ${seconds}${numbers}`;
  });
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  return `${rows.join('\n')}\n\n${passed} passed, ${failed} failed\n`;
}
