import { stat } from 'node:fs/promises';
import { constants } from 'node:os';
import process from 'node:process';

import type { Clock, Timer } from '../base/index.ts';
import { type Child, type ChildEvents, startPiped } from './child.ts';
import {
  type CommandEnd,
  CommandError,
  type CommandOutput,
  type CommandSpec,
  notStarted,
  type OutputStream,
  type TerminalSize,
} from './spec.ts';

/** What shells and the peer say of a program that was stopped for its time. */
const TIMED_OUT_CODE = 124;
/** How long output may still come after the end; what a program left running may hold the pipe open. */
const OUTPUT_GRACE_MS = 250;
/** Bytes that may wait for a program which does not read them. */
const MAX_WAITING_INPUT_BYTES = 16 * 1024 * 1024;

/** A running program with a process group of its own, which ends with it. */
export class Command {
  /** Resolves when it has ended and all it printed was taken; rejects with a `CommandError` where it did not start. */
  readonly ended: Promise<CommandEnd>;
  readonly #spec: CommandSpec;
  readonly #clock: Clock;
  readonly #child: Child;
  readonly #settle: (end: CommandEnd) => void;
  readonly #kept: Record<OutputStream, Buffer[]> = { stdout: [], stderr: [] };
  readonly #takenBytes: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  readonly #capped = new Set<OutputStream>();
  #pauses = 0;
  #isTimedOut = false;
  #exitCode = 1;
  #timeout: Timer | undefined;
  #grace: Timer | undefined;

  /** Rejects with a `CommandError` for what no system starts, such as an argument with a zero byte. */
  static async start(spec: CommandSpec, clock: Clock): Promise<Command> {
    return new Command(spec, clock, await startOf(spec));
  }

  private constructor(spec: CommandSpec, clock: Clock, start: Start) {
    this.#spec = spec;
    this.#clock = clock;
    const { promise, resolve, reject } = Promise.withResolvers<CommandEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.#child = start({
      onError: (error) => {
        this.#timeout?.cancel();
        reject(notStarted(error));
      },
      onOutput: (stream, chunk) => {
        this.#take(stream, chunk);
      },
      onExit: (exitCode, signal) => {
        this.#exitCode = signal === null ? (exitCode ?? 1) : 128 + constants.signals[signal];
        this.#timeout?.cancel();
        this.#awaitOutput(true);
      },
      onClose: () => {
        this.#finish();
      },
    });
    if (spec.timeoutMs !== undefined) {
      this.#timeout = clock.after(spec.timeoutMs, () => {
        this.#isTimedOut = true;
        this.kill();
      });
    }
  }

  /** Throws a `CommandError` where nothing can be written. */
  write(bytes: Uint8Array): void {
    if (this.#unreadInputBytes() + bytes.byteLength > MAX_WAITING_INPUT_BYTES) {
      throw new CommandError('refused', 'the program does not read what was written before');
    }
    this.#child.write(bytes);
  }

  /** Throws a `CommandError` where it is closed already. */
  closeInput(): void {
    this.#unreadInputBytes();
    this.#child.closeInput();
  }

  /** Throws a `CommandError` where there is no terminal. */
  resize(size: TerminalSize): void {
    if (this.#child.resize(size)) return;
    throw new CommandError('refused', 'failed to resize PTY: process is not attached to a PTY');
  }

  /** Ends it and all it has started; one that has ended stays as it is. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
    } catch {
      // Nothing of it is left.
    }
    this.#spec.endStrays?.();
  }

  #unreadInputBytes(): number {
    const { takesInput, terminal } = this.#spec;
    if (!takesInput && terminal === undefined) {
      throw new CommandError('refused', 'stdin streaming is not enabled for this command/exec');
    }
    const bytes = this.#child.unreadInputBytes;
    if (bytes === undefined) throw new CommandError('refused', 'stdin is already closed');
    return bytes;
  }

  #take(stream: OutputStream, chunk: Buffer): void {
    const output = this.#capOutput(stream, chunk);
    if (output === undefined) return;
    const { onOutput } = this.#spec;
    if (onOutput === undefined) this.#kept[stream].push(output.bytes);
    else void this.#pauseFor(stream, onOutput(output));
  }

  async #pauseFor(stream: OutputStream, caughtUp: Promise<void> | undefined): Promise<void> {
    if (caughtUp === undefined) return;
    this.#pauses += 1;
    this.#child.pause(stream);
    await caughtUp;
    this.#pauses -= 1;
    this.#child.resume(stream);
  }

  /** What of a piece is within the bound; undefined where nothing is left to be told. */
  #capOutput(stream: OutputStream, chunk: Buffer): CommandOutput | undefined {
    if (this.#capped.has(stream)) return undefined;
    const bytes = chunk.subarray(0, this.#spec.capBytes - this.#takenBytes[stream]);
    this.#takenBytes[stream] += bytes.byteLength;
    const isCapReached = bytes.byteLength < chunk.byteLength;
    if (isCapReached) this.#capped.add(stream);
    return { stream, bytes, isCapReached };
  }

  /** The program has ended; what it left running is ended after a moment, and then nobody is waited for. */
  #awaitOutput(isFirst: boolean): void {
    this.#grace = this.#clock.after(OUTPUT_GRACE_MS, () => {
      if (!isFirst && this.#pauses === 0) {
        this.#finish();
        return;
      }
      this.kill();
      this.#awaitOutput(false);
    });
  }

  #finish(): void {
    // What holds no pipe of it any more runs on otherwise, and nobody would know of it.
    this.kill();
    this.#timeout?.cancel();
    this.#grace?.cancel();
    this.#child.release();
    const { stdout, stderr } = this.#kept;
    this.#settle({
      // As shells tell it: 128 and the number of the signal that ended it.
      exitCode: this.#isTimedOut ? TIMED_OUT_CODE : this.#exitCode,
      stdout: Buffer.concat(stdout).toString('utf8'),
      stderr: Buffer.concat(stderr).toString('utf8'),
    });
  }
}

type Start = (events: ChildEvents) => Child;

async function startOf(spec: CommandSpec): Promise<Start> {
  const { terminal } = spec;
  if (terminal === undefined) {
    return (events) => {
      try {
        return startPiped(spec, events);
      } catch (error) {
        throw notStarted(error);
      }
    };
  }
  await checkFolder(spec.cwd);
  const { startInTerminal } = await import('./terminal.ts');
  return (events) => {
    try {
      return startInTerminal(spec, terminal, events);
    } catch (error) {
      throw notStarted(error);
    }
  };
}

/** A terminal says of a folder that is gone only by what it shows. */
async function checkFolder(cwd: string): Promise<void> {
  try {
    await stat(cwd);
  } catch (error) {
    throw notStarted(error);
  }
}
