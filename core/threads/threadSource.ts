/** Sessions that a person sits at. */
const USERS: ReadonlySet<string> = new Set(['cli', 'vscode', 'exec', 'appServer']);

/**
 * Who asks, as the provider is told: what the client said, else by the kind of session; undefined
 * for sessions of other programs, which we cannot vouch for.
 */
export function threadSourceOf(source: string, given: string | null): string | undefined {
  if (given !== null && given.trim() !== '') return given;
  if (USERS.has(source)) return 'user';
  return source === 'subAgent' ? 'subagent' : undefined;
}
