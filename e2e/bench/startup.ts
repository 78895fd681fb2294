import { spawn } from 'node:child_process';
import { mkdir, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { cleanEnvironment } from '../support/index.ts';
import { programs } from './contestant.ts';
import { type Benchmark, type Comparison, measureAlternately } from './row.ts';
import { compare } from './rowOf.ts';

const FLOOR = join(import.meta.dirname, 'floor.cjs');
const LIMIT_RATIO = 1.3;
const ANSWER_TIMEOUT_MS = 20_000;

const INITIALIZE = `${JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    clientInfo: { name: 'bench', title: null, version: '1.0.0' },
    capabilities: { experimentalApi: true },
  },
})}\n`;

/** Milliseconds from the spawn of a program to its answer to `initialize` on standard output. */
async function timeToAnswer(
  program: string,
  args: readonly string[],
  home: string,
): Promise<number> {
  await mkdir(home, { recursive: true });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const startedMs = performance.now();
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...cleanEnvironment(process.env), PARLEY_HOME: home, CODEX_HOME: home },
  });
  const ended = new Promise<void>((settle) => {
    child.once('close', () => {
      settle();
    });
  });
  const timer = setTimeout(() => {
    reject(new Error(`${program} ${args.join(' ')} did not answer initialize in time.`));
  }, ANSWER_TIMEOUT_MS);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.split('\n').some((line) => line.includes('"id":1') && line.includes('"result"'))) {
      resolve(performance.now() - startedMs);
    }
  });
  child.once('error', reject);
  child.once('close', (code) => {
    reject(new Error(`${program} ${args.join(' ')} ended (${String(code)}) without an answer.`));
  });
  child.stdin.on('error', reject);
  child.stdin.write(INITIALIZE);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
    await ended;
  }
}

/** Spawn of `app-server` until `initialize` is answered, against the floor and the peer. */
export const benchStartup: Benchmark = async ({ rounds, ...rivals }) => {
  await using homes = await mkdtempDisposable(join(tmpdir(), 'parley-bench-'));
  const commands = programs(rivals);
  const measured = await measureAlternately(
    [...commands, ['floor', [process.execPath, FLOOR]] as const].map(
      ([name, [program, ...args]]) =>
        async () =>
          timeToAnswer(program, args, join(homes.path, name)),
    ),
    rounds,
  );
  const row = compare(
    { what: 'app-server: spawn to initialize answered', unit: 'ms' },
    commands.map(([name], index) => [name, { value: measured[index] ?? 0 }]),
  );
  const floor: Comparison = {
    name: 'the smallest Node program that answers a line',
    value: measured.at(-1) ?? 0,
    promised: { atMost: LIMIT_RATIO },
  };
  return [{ ...row, against: [floor, ...row.against] }];
};
