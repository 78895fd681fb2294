/** The one line a command leaves on stderr when it fails: no stack, no line breaks. */
export function failureLine(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return `parley: ${words.replace(/\s*\n\s*/gu, ' ').trim()}\n`;
}

/** What the process ends with after `error`: its own `exitCode` where it names one, else 1. */
export function exitCodeOf(error: unknown): number {
  const isNumbered =
    typeof error === 'object' &&
    error !== null &&
    'exitCode' in error &&
    typeof error.exitCode === 'number';
  return isNumbered ? Number(error.exitCode) : 1;
}
