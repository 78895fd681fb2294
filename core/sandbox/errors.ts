import { ProductError } from '../base/index.ts';

/**
 * A command that may not be started. `unavailable`: this machine has no sandbox, and the message says how it comes to
 * one. `refused`: what the permissions ask for cannot be enforced as things lie on the disk.
 */
export class SandboxError extends ProductError {
  readonly code: 'unavailable' | 'refused';
  readonly retryable = false;

  constructor(code: SandboxError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
