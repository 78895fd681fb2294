import { getSystemErrorMessage } from 'node:util';

import { errorText, ProductError } from '../base/index.ts';

/** A program was not started, or what is asked of one that runs cannot be; the message is for people. */
export class CommandError extends ProductError {
  readonly code: 'notStarted' | 'refused';
  readonly retryable = false;

  constructor(code: CommandError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export function notStarted(cause: unknown): CommandError {
  const errno = cause instanceof Error && 'errno' in cause ? cause.errno : undefined;
  const words = typeof errno === 'number' ? getSystemErrorMessage(errno) : errorText(cause);
  return new CommandError('notStarted', `failed to spawn command: ${words}`, { cause });
}

/** Characters of a terminal. */
export type TerminalSize = { readonly rows: number; readonly cols: number };

/** A terminal has one stream alone, which counts as the first. */
export type OutputStream = 'stdout' | 'stderr';

/** A piece of what a program prints. */
export type CommandOutput = {
  readonly stream: OutputStream;
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
  /** A terminal of that size in place of pipes; what is typed into it goes by `write`. */
  readonly terminal?: TerminalSize | undefined;
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
  /** Ends what has left the program's group, as far as the caller can tell; called when the program is ended. */
  readonly endStrays?: (() => void) | undefined;
};

/** How it ended; what `onOutput` was given is not in it. */
export type CommandEnd = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};
