import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import process from 'node:process';
import { getSystemErrorMessage } from 'node:util';

import { type Clock, errorText, ProductError, type Timer } from '../base/index.ts';

/** A program was not started, or what is asked of one that runs cannot be; the message is for people. */
export class CommandError extends ProductError {
  readonly code: 'notStarted' | 'refused';
  readonly retryable = false;

  constructor(code: CommandError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A piece of what a program prints. */
export type CommandOutput = {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
  /** The rest of this stream is left out. */
  readonly isCapReached: boolean;
};

/** What is run, and how. */
export type CommandSpec = {
  readonly program: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** It runs as long as it likes when undefined. */
  readonly timeoutMs: number | undefined;
  /** Of each stream; what comes beyond is read and dropped. */
  readonly capBytes: number;
  readonly takesInput: boolean;
  /**
   * Given each piece as it comes, which then is not kept. Where it returns a promise, no more is read of the
   * stream until that resolves.
   */
  readonly onOutput?: ((output: CommandOutput) => Promise<void> | undefined) | undefined;
};

/** How it ended; what `onOutput` was given is not in it. */
export type CommandEnd = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

type Stream = CommandOutput['stream'];

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
  readonly #child: ChildProcess;
  readonly #settle: (end: CommandEnd) => void;
  readonly #kept: Record<Stream, Buffer[]> = { stdout: [], stderr: [] };
  readonly #takenBytes: Record<Stream, number> = { stdout: 0, stderr: 0 };
  readonly #capped = new Set<Stream>();
  #pauses = 0;
  #isTimedOut = false;
  #timeout: Timer | undefined;
  #grace: Timer | undefined;

  /** Throws a `CommandError` for what no system starts, such as an argument with a zero byte. */
  constructor(spec: CommandSpec, clock: Clock) {
    this.#spec = spec;
    this.#clock = clock;
    const { promise, resolve, reject } = Promise.withResolvers<CommandEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.#child = start(spec);
    this.#child.on('error', (error) => {
      // Of a program that runs already it says only that it could not be told something.
      if (this.#child.pid === undefined) {
        this.#timeout?.cancel();
        reject(notStarted(error));
      }
    });
    this.#child.on('exit', () => {
      this.#timeout?.cancel();
      this.#awaitOutput(true);
    });
    this.#child.on('close', () => {
      this.#finish();
    });
    this.#child.stdin?.on('error', () => undefined);
    this.#read('stdout');
    this.#read('stderr');
    if (spec.timeoutMs !== undefined) {
      this.#timeout = clock.after(spec.timeoutMs, () => {
        this.#isTimedOut = true;
        this.kill();
      });
    }
  }

  /** Throws a `CommandError` where nothing can be written. */
  write(bytes: Uint8Array): void {
    const input = this.#input();
    if (input.writableLength + bytes.byteLength > MAX_WAITING_INPUT_BYTES) {
      throw new CommandError('refused', 'the program does not read what was written before');
    }
    input.write(bytes);
  }

  /** Throws a `CommandError` where it is closed already. */
  closeInput(): void {
    this.#input().end();
  }

  /** Ends it and all it has started; one that has ended stays as it is. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // Nothing of it is left.
    }
  }

  #input(): NonNullable<ChildProcess['stdin']> {
    const { stdin } = this.#child;
    if (stdin === null) {
      throw new CommandError('refused', 'stdin streaming is not enabled for this command/exec');
    }
    if (!stdin.writable) throw new CommandError('refused', 'stdin is already closed');
    return stdin;
  }

  #read(stream: Stream): void {
    this.#child[stream]?.on('data', (chunk: Buffer) => {
      const output = this.#capOutput(stream, chunk);
      if (output === undefined) return;
      const { onOutput } = this.#spec;
      if (onOutput === undefined) this.#kept[stream].push(output.bytes);
      else void this.#pauseFor(stream, onOutput(output));
    });
  }

  async #pauseFor(stream: Stream, caughtUp: Promise<void> | undefined): Promise<void> {
    if (caughtUp === undefined) return;
    this.#pauses += 1;
    this.#child[stream]?.pause();
    await caughtUp;
    this.#pauses -= 1;
    this.#child[stream]?.resume();
  }

  /** What of a piece is within the bound; undefined where nothing is left to be told. */
  #capOutput(stream: Stream, chunk: Buffer): CommandOutput | undefined {
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
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      stream?.destroy();
    }
    const { stdout, stderr } = this.#kept;
    this.#settle({
      exitCode: this.#exitCode(),
      stdout: Buffer.concat(stdout).toString('utf8'),
      stderr: Buffer.concat(stderr).toString('utf8'),
    });
  }

  /** As shells tell it: 128 and the number of the signal that ended it. */
  #exitCode(): number {
    const { exitCode, signalCode } = this.#child;
    if (this.#isTimedOut) return TIMED_OUT_CODE;
    return signalCode === null ? (exitCode ?? 1) : 128 + constants.signals[signalCode];
  }
}

function start({ program, args, cwd, env, takesInput }: CommandSpec): ChildProcess {
  try {
    return spawn(program, args, {
      cwd,
      env,
      stdio: [takesInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    throw notStarted(error);
  }
}

function notStarted(cause: unknown): CommandError {
  const errno = cause instanceof Error && 'errno' in cause ? cause.errno : undefined;
  const words = typeof errno === 'number' ? getSystemErrorMessage(errno) : errorText(cause);
  return new CommandError('notStarted', `failed to spawn command: ${words}`, { cause });
}
