import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';

import { errorText } from '../base/index.ts';
import { currentDirectory } from './home.ts';

export type CommandRequest = {
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute; the folder of this process when absent. */
  readonly cwd?: string | undefined;
  readonly timeoutMs: number;
};

export type CommandResult =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly stdout: string }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'tooMuchOutput' }
  | { readonly kind: 'notStarted'; readonly reason: string };

/**
 * Runs a program without a shell and collects its standard output; never rejects. Standard error is
 * dropped, because what helpers print there may hold secrets.
 */
export type RunCommand = (request: CommandRequest) => Promise<CommandResult>;

const MAX_OUTPUT_BYTES = 64 * 1024;
/** How long output may still come after the end; something it left running may hold the pipe open. */
const OUTPUT_GRACE_MS = 250;

/** RunCommand on this machine. A program that overruns its time is killed with its children. */
export const runCommand: RunCommand = ({ command, args, cwd, timeoutMs }) => {
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  const chunks: Buffer[] = [];
  let outputBytes = 0;
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      cwd: cwd ?? currentDirectory(),
      stdio: ['ignore', 'pipe', 'ignore'],
      // A process group of its own, so that the whole group can be ended.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    return Promise.resolve({ kind: 'notStarted', reason: errorText(error) });
  }
  const settle = (result: CommandResult): void => {
    clearTimeout(timeout);
    child.stdout?.destroy();
    resolve(result);
  };
  const abandon = (result: CommandResult): void => {
    settle(result);
    killGroup(child);
  };
  const finish = (exitCode: number | null, signal: string | null): void => {
    if (exitCode === null) settle({ kind: 'killed', signal: signal ?? 'unknown' });
    else settle({ kind: 'exited', exitCode, stdout: Buffer.concat(chunks).toString('utf8') });
  };
  const timeout = setTimeout(() => {
    abandon({ kind: 'timedOut' });
  }, timeoutMs);
  child.stdout?.on('data', (chunk: Buffer) => {
    outputBytes += chunk.byteLength;
    if (outputBytes > MAX_OUTPUT_BYTES) abandon({ kind: 'tooMuchOutput' });
    else chunks.push(chunk);
  });
  child.on('error', (error) => {
    settle({ kind: 'notStarted', reason: error.message });
  });
  child.on('exit', (exitCode, signal) => {
    const grace = setTimeout(finish, OUTPUT_GRACE_MS, exitCode, signal);
    child.on('close', () => {
      clearTimeout(grace);
      finish(exitCode, signal);
    });
  });
  return promise;
};

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
