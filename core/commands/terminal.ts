import { constants } from 'node:os';

import { type IPty, spawn } from '@lydell/node-pty';

import type { Child, ChildEvents } from './child.ts';
import type { CommandSpec, TerminalSize } from './spec.ts';

/** What an end of input is typed as. */
const END_OF_INPUT = '\u0004';

/** A program with a terminal of its own, whose session and foreground it leads. */
export function startInTerminal(
  { program, args, cwd, env }: CommandSpec,
  size: TerminalSize,
  events: ChildEvents,
): Child {
  const pty = spawn(program, [...args], {
    cwd,
    env: { ...env },
    name: env['TERM'] ?? 'dumb',
    ...size,
    // Bytes: pieces may end in the middle of a character. The types know text alone.
    encoding: null,
  });
  pty.onData((data: string | Buffer) => {
    events.onOutput('stdout', typeof data === 'string' ? Buffer.from(data) : data);
  });
  pty.onExit(({ exitCode, signal }) => {
    events.onExit(exitCode, signalName(signal));
    events.onClose();
  });
  return new TerminalChild(pty);
}

class TerminalChild implements Child {
  readonly #pty: IPty;
  #isReleased = false;

  constructor(pty: IPty) {
    this.#pty = pty;
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get unreadInputBytes(): number | undefined {
    return this.#isReleased ? undefined : 0;
  }

  write(bytes: Uint8Array): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written as it is; the types know text alone
    this.#pty.write(Buffer.from(bytes) as unknown as string);
  }

  /** A terminal stays open: who reads from it is told that there is no more. */
  closeInput(): void {
    this.#pty.write(END_OF_INPUT);
  }

  pause(): void {
    this.#pty.pause();
  }

  resume(): void {
    this.#pty.resume();
  }

  resize({ rows, cols }: TerminalSize): boolean {
    if (!this.#isReleased) this.#pty.resize(Math.max(1, cols), Math.max(1, rows));
    return true;
  }

  release(): void {
    this.#isReleased = true;
  }
}

function signalName(signal: number | undefined): NodeJS.Signals | null {
  if (signal === undefined || signal === 0) return null;
  const [name = null] =
    Object.entries(constants.signals).find(([, number]) => number === signal) ?? [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a key of that very table
  return name as NodeJS.Signals | null;
}
