import { spawn } from 'node:child_process';
import process from 'node:process';

import type { ProgramEnd } from './outcomes.ts';

export type ChildProgram = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** It is ended with all that it started when it takes longer. */
  readonly timeoutMs: number;
};

/** Runs a program to its end, whatever that is; never rejects. */
export async function runChild(program: ChildProgram): Promise<ProgramEnd> {
  const { file, args, cwd, env, timeoutMs } = program;
  // A group of its own, so that what it started ends with it; Windows has no such groups.
  const hasGroup = process.platform !== 'win32';
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: hasGroup,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const end = (): void => {
    if (hasGroup && child.pid !== undefined) endGroup(child.pid);
    else child.kill('SIGKILL');
  };
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, timeoutMs);
  child.once('error', (error) => {
    resolve(error.message);
  });
  // What it left running may hold its output open, so it is ended as soon as the program itself is gone.
  child.once('exit', end);
  child.once('close', (code, signal) => {
    if (isLate) resolve(`took longer than ${timeoutMs / 1000} s`);
    else resolve(code === 0 ? undefined : `ended with ${String(code ?? signal)}`);
  });
  const trouble = await promise;
  clearTimeout(timer);
  return { stdout, stderr, ...(trouble === undefined ? {} : { trouble }) };
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of it is left.
  }
}
