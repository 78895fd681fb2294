import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import * as z from 'zod';

import { startHost } from '../support/index.ts';
import { type Build, builds, launcherOf } from './builds.ts';
import { type Benchmark, measureAlternately } from './row.ts';
import { compare } from './rowOf.ts';

const ROUNDS = 5;
const BUDGET_MS = 3000;
const EMPTY_PROGRAM = '0';

/** Milliseconds a program of Node takes from spawn to end. */
async function timeOf(args: readonly string[], cwd?: string): Promise<number> {
  const startedMs = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(process.execPath, args, { stdio: 'ignore', cwd });
  child.once('error', reject);
  child.once('close', (code) => {
    if (code === 0) resolve(performance.now() - startedMs);
    else reject(new Error(`node ${args.join(' ')} ended with ${String(code)}.`));
  });
  return promise;
}

const Package = z.object({ scripts: z.object({ prestart: z.string().startsWith('node ') }) });

/** The arguments of Node's with which a build is looked after before it is started. */
async function prestartOf({ root }: Build): Promise<readonly string[]> {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  return Package.parse(JSON.parse(text)).scripts.prestart.split(' ').slice(1);
}

/** What `npm start` does after npm's own start: the check for a stale build, then the host, to a page. */
async function timeToPage(build: Build, prestart: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  await timeOf(prestart, build.root);
  await using host = await startHost({}, launcherOf(build));
  const response = await fetch(host.url);
  await response.text();
  if (!response.ok) throw new Error(`The host answered ${response.status} for its own address.`);
  return performance.now() - startedMs;
}

/** `npm start` until the page is served, against an empty Node program. */
export const benchPageStart: Benchmark = async ({ before, rounds }) => {
  const own = builds(before);
  const prestarts = await Promise.all(own.map(prestartOf));
  const measured = await measureAlternately(
    [
      ...own.map((build, index) => async () => timeToPage(build, prestarts[index] ?? [])),
      async () => timeOf(['--eval', EMPTY_PROGRAM]),
    ],
    Math.min(ROUNDS, rounds),
  );
  const names = [...own.map(({ name }) => name), 'an empty Node program'];
  return [
    compare(
      { what: 'npm start to page served', unit: 'ms', promised: { atMost: BUDGET_MS } },
      names.map((name, index) => [name, { value: measured[index] ?? 0 }]),
    ),
  ];
};
