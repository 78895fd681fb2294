/** The one line a command leaves on stderr when it fails: no stack, no line breaks. */
export function failureLine(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return `parley: ${words.replace(/\s*\n\s*/gu, ' ').trim()}\n`;
}

/** What the process ends with: what the error says, 2 for a configuration that is wrong, else 1. */
export function exitCodeOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 1;
  if ('exitCode' in error && typeof error.exitCode === 'number') return error.exitCode;
  return 'code' in error && error.code === 'config' ? 2 : 1;
}
