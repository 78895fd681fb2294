import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';

import type { CommandSpec, OutputStream, TerminalSize } from './spec.ts';

/** How a program that was started is told apart from how it is reached: by pipes or by a terminal. */
export interface Child {
  /** undefined where it was not started. */
  readonly pid: number | undefined;
  /** What waits to be read by it; undefined where nothing can be written. */
  readonly unreadInputBytes: number | undefined;
  write(bytes: Uint8Array): void;
  closeInput(): void;
  pause(stream: OutputStream): void;
  resume(stream: OutputStream): void;
  /** False where it has no terminal. */
  resize(size: TerminalSize): boolean;
  /** It has ended, and nobody reads on. */
  release(): void;
}

export type ChildEvents = {
  /** It did not start. */
  readonly onError: (error: unknown) => void;
  readonly onOutput: (stream: OutputStream, bytes: Buffer) => void;
  /** It has ended; more of its output may come. */
  readonly onExit: (exitCode: number | null, signal: NodeJS.Signals | null) => void;
  /** All it printed was told. */
  readonly onClose: () => void;
};

/** A program with a process group of its own, reached by pipes. Throws for what no system starts. */
export function startPiped(spec: CommandSpec, events: ChildEvents): Child {
  const { program, args, cwd, env, takesInput } = spec;
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: [takesInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  child.on('error', (error) => {
    // Of a program that runs already it says only that it could not be told something.
    if (child.pid === undefined) events.onError(error);
  });
  child.on('exit', events.onExit);
  child.on('close', events.onClose);
  child.stdin?.on('error', () => undefined);
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk: Buffer) => {
      events.onOutput(stream, chunk);
    });
  }
  return new PipedChild(child);
}

class PipedChild implements Child {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get unreadInputBytes(): number | undefined {
    const { stdin } = this.#child;
    return stdin?.writable === true ? stdin.writableLength : undefined;
  }

  write(bytes: Uint8Array): void {
    this.#child.stdin?.write(bytes);
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  pause(stream: OutputStream): void {
    this.#child[stream]?.pause();
  }

  resume(stream: OutputStream): void {
    this.#child[stream]?.resume();
  }

  resize(): boolean {
    return false;
  }

  release(): void {
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      stream?.destroy();
    }
  }
}
