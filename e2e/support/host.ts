import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { childPidsOf, LAUNCHER } from '../../main/testing/index.ts';

// With what follows it, so that an address cut in two by the pipe is not taken for a whole one.
const READY = /https?:\/\/\S+\?token=\S+(?=\s)/;
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5000;

export type HostOptions = {
  /** Text of config.toml in the fresh home folder; none means practice mode. */
  readonly config?: string;
  /** Puts into the fresh home folder what should be there when the host starts. */
  readonly prepare?: (home: string) => Promise<void>;
  /** More arguments after `serve --port 0`. */
  readonly args?: readonly string[];
  /** Added to the environment, which is the tests' own without any setting of a provider or of Parley. */
  readonly env?: Readonly<Record<string, string>>;
};

/** A running browser host with a home folder of its own. */
export type Host = AsyncDisposable & {
  /** The address to open, token included. */
  readonly url: string;
  readonly home: string;
  /** Everything it printed so far, both streams. */
  output(): string;
  /** Ends it as a crash would, for tests of what the page does then. */
  kill(): Promise<void>;
  /** The same for the engine's process alone, which the host then starts again. */
  killEngine(): void;
};

/** The environment without what would make the host use somebody's keys, home folder or proxy. */
export function cleanEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (
      value !== undefined &&
      !/^(?:OPENAI_|CODEX_|PARLEY_|NODE_OPTIONS$|(?:https?|all)_proxy$)/i.test(name)
    ) {
      kept[name] = value;
    }
  }
  return kept;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('close', () => {
    resolve();
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill(signal);
  await promise;
  clearTimeout(timer);
}

async function waitUntilReady(child: ChildProcess, output: () => string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const look = (): void => {
    const url = READY.exec(output())?.[0];
    if (url !== undefined) resolve(url);
  };
  const timer = setTimeout(() => {
    reject(new Error(`The browser host printed no address in time. It said:\n${output()}`));
  }, START_TIMEOUT_MS);
  child.stdout?.on('data', look);
  child.stderr?.on('data', look);
  child.once('error', reject);
  child.once('close', (code) => {
    reject(new Error(`The browser host ended (${String(code)}) before it was ready:\n${output()}`));
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** Starts `parley serve` on a free port with a fresh home folder; disposing ends it and removes that. */
export async function startHost(
  options: HostOptions = {},
  launcher: string = LAUNCHER,
): Promise<Host> {
  const home = await mkdtemp(join(tmpdir(), 'parley-home-'));
  if (options.config !== undefined) await writeFile(join(home, 'config.toml'), options.config);
  await options.prepare?.(home);
  const child = spawn(
    process.execPath,
    [launcher, 'serve', '--port', '0', ...(options.args ?? [])],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(process.env), PARLEY_HOME: home, ...options.env },
    },
  );
  let text = '';
  const collect = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const output = (): string => text;
  const dispose = async (): Promise<void> => {
    await stop(child, 'SIGTERM');
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const url = await waitUntilReady(child, output);
    return {
      url,
      home,
      output,
      kill: async () => stop(child, 'SIGKILL'),
      killEngine: () => {
        const [pid] = childPidsOf(child.pid ?? 0);
        if (pid === undefined) throw new Error('The host has no engine.');
        process.kill(pid, 'SIGKILL');
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
