import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

import { startHost } from '../support/index.ts';
import { type Benchmark, measureAlternately } from './row.ts';

const ROUNDS = 5;
const BUDGET_MS = 3000;
const EMPTY_PROGRAM = '0';
const BUILD_IF_STALE = join(import.meta.dirname, '../../.ci/buildIfStale.ts');

/** Milliseconds a program of Node takes from spawn to end. */
async function timeOf(args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  child.once('error', reject);
  child.once('close', (code) => {
    if (code === 0) resolve(performance.now() - startedMs);
    else reject(new Error(`node ${args.join(' ')} ended with ${String(code)}.`));
  });
  return promise;
}

/** What `npm start` does after npm's own start: the check for a stale build, then the host, to a page. */
async function timeToPage(): Promise<number> {
  const startedMs = performance.now();
  await timeOf([BUILD_IF_STALE]);
  await using host = await startHost();
  const response = await fetch(host.url);
  await response.text();
  if (!response.ok) throw new Error(`The host answered ${response.status} for its own address.`);
  return performance.now() - startedMs;
}

/** `npm start` until the page is served, against an empty Node program. */
export const benchPageStart: Benchmark = async ({ rounds }) => {
  const [oursMs = 0, floorMs = 0] = await measureAlternately(
    [timeToPage, async () => timeOf(['--eval', EMPTY_PROGRAM])],
    Math.min(ROUNDS, rounds),
  );
  return [
    {
      what: 'npm start to page served',
      unit: 'ms',
      ours: { value: oursMs },
      promised: { atMost: BUDGET_MS },
      against: [{ name: 'an empty Node program', value: floorMs }],
    },
  ];
};
