import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { LAUNCHER } from '../../main/testing/index.ts';
import { cleanEnvironment } from '../support/index.ts';

/** Parley as clients find it: the built-in server, the engine, and the command that starts more of it. */
export type RunningParley = AsyncDisposable & {
  /** `http://127.0.0.1:PORT/v1`. */
  readonly serverUrl: string;
  /** `ws://127.0.0.1:PORT`. */
  readonly appServerUrl: string;
  /** A file that runs as `parley` does: clients that start their server want to be told one. */
  readonly command: string;
};

const START_TIMEOUT_MS = 20_000;

/** Starts the built product with a home of its own; disposing ends it and removes that. */
export async function startParley(): Promise<RunningParley> {
  const home = await mkdtemp(join(tmpdir(), 'parley-foreign-home-'));
  const children: ChildProcess[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(children.map(stop));
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  };
  const start = async (args: readonly string[], ready: RegExp): Promise<string> => {
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(process.env), PARLEY_HOME: home },
    });
    children.push(child);
    return firstMatch(child, ready);
  };
  try {
    const [serverUrl, appServerUrl] = await Promise.all([
      start(['realtime-server', '--port', '0'], /is ready: (http:\S+)(?=\s)/u),
      start(['app-server', '--listen', 'ws://127.0.0.1:0'], /listening on: (ws:\S+)(?=\s)/u),
    ]);
    const command = await writeCommand(home);
    return { serverUrl, appServerUrl, command, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function writeCommand(home: string): Promise<string> {
  const folder = join(home, 'bin');
  await mkdir(folder);
  if (process.platform === 'win32') {
    const file = join(folder, 'parley.cmd');
    await writeFile(file, `@"${process.execPath}" "${LAUNCHER}" %*\r\n`);
    return file;
  }
  const file = join(folder, 'parley');
  await writeFile(file, `#!/bin/sh\nexec "${process.execPath}" "${LAUNCHER}" "$@"\n`);
  await chmod(file, 0o755);
  return file;
}

async function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  const look = (chunk: Buffer): void => {
    said += chunk.toString();
    const found = pattern.exec(said)?.[1];
    if (found !== undefined) resolve(found);
  };
  const timer = setTimeout(() => {
    reject(new Error(`Parley was not ready in time. It said:\n${said}`));
  }, START_TIMEOUT_MS);
  child.stdout?.on('data', look);
  child.stderr?.on('data', look);
  child.once('error', reject);
  child.once('close', (code) => {
    reject(new Error(`Parley ended (${String(code)}) before it was ready:\n${said}`));
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = once(child, 'close');
  child.kill();
  await closed;
}
