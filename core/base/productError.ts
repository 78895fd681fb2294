/**
 * Root of every error this product throws on purpose. Callers branch on `code`, never on `message`
 * or `instanceof`, because an error may have crossed a process boundary and lost its prototype.
 */
export abstract class ProductError extends Error {
  abstract readonly code: string;
  /** True when the same call may succeed later without anyone changing anything. */
  abstract readonly retryable: boolean;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The words of whatever was thrown, for a message to a person. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether what was thrown carries one of these codes, as errors of the operating system do (`ENOENT`). */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    codes.includes(error.code)
  );
}
