import { ProductError } from '../../core/base/index.ts';

/** A command cannot go on; its message is the one line the user gets. */
export class CommandError extends ProductError {
  readonly code = 'command';
  readonly retryable = false;
  /** 2 for what the user wrote (arguments, configuration, input files), 1 for what went wrong. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2, options?: { cause?: unknown }) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
