import { spawn } from 'node:child_process';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { LAUNCHER } from '../../main/testing/index.ts';
import { cleanEnvironment } from './host.ts';

export type CommandOptions = {
  /** Text of config.toml in the fresh home folder; none means practice mode. */
  readonly config?: string;
  /** Written to standard input, which is closed after it. */
  readonly input?: string;
};

export type CommandResult = {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs one command of Parley to its end, with a home folder of its own. */
export async function runParley(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-home-'));
  if (options.config !== undefined) await writeFile(join(home.path, 'config.toml'), options.config);
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { ...cleanEnvironment(process.env), PARLEY_HOME: home.path },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  // A command that has already said no does not read what it is given.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  child.once('error', reject);
  child.once('close', (exitCode) => {
    resolve({ exitCode, stdout, stderr });
  });
  // Awaited here, because the home folder goes when this function ends.
  return await promise;
}
