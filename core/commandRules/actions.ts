import { resolve } from 'node:path';

import type { ScriptSegment } from './shellScript.ts';
import { programOf } from './wrappers.ts';

/** What a command does, as clients show it (app-server §8). */
export type CommandAction =
  | {
      readonly type: 'read';
      readonly command: string;
      readonly name: string;
      readonly path: string;
    }
  | { readonly type: 'listFiles'; readonly command: string; readonly path: string | null }
  | {
      readonly type: 'search';
      readonly command: string;
      readonly query: string | null;
      readonly path: string | null;
    }
  | { readonly type: 'unknown'; readonly command: string };

const READERS = new Set(['cat', 'head', 'tail', 'nl', 'sed', 'bat', 'less', 'more', 'tac']);
const LISTERS = new Set(['ls', 'tree', 'find', 'fd', 'eza', 'exa', 'du']);
const SEARCHERS = new Set(['rg', 'grep', 'egrep', 'fgrep', 'ag', 'ack']);

/** One action for each part that `&&`, `||` and `;` join; `cd` says only where the others work. */
export function actionsOf(segments: readonly ScriptSegment[]): CommandAction[] {
  const shown = segments.filter(({ words }) => words?.[0] !== 'cd');
  return (shown.length === 0 ? segments : shown).map(actionOf);
}

function actionOf({ text: command, words, parts, cwd }: ScriptSegment): CommandAction {
  const unknown: CommandAction = { type: 'unknown', command };
  // What is piped on is still what the first one reads, where the others only cut it to size.
  const forms = words ?? parts[0]?.forms.at(-1) ?? [];
  const [first, ...args] = forms;
  if (first === undefined || !args.every((arg) => arg !== undefined)) return unknown;
  if (words === undefined && !parts.every(isFilter)) return unknown;
  const program = programOf(first);
  const operands = args.filter((arg) => !arg.startsWith('-'));
  if (READERS.has(program)) {
    const name = operands.at(-1);
    if (name === undefined || cwd === undefined) return unknown;
    return { type: 'read', command, name: programOf(name), path: resolve(cwd, name) };
  }
  if (SEARCHERS.has(program) && !args.includes('--files')) {
    const [query = null, path = null] = operands;
    return { type: 'search', command, query, path };
  }
  if (program === 'find') return findAction(command, args, operands);
  if (LISTERS.has(program) || args.includes('--files')) {
    return { type: 'listFiles', command, path: operands[0] ?? null };
  }
  return unknown;
}

function findAction(
  command: string,
  args: readonly string[],
  operands: readonly string[],
): CommandAction {
  const named = args.findIndex((arg) => /^-i?(?:name|path|regex)$/u.test(arg));
  const path = args[0]?.startsWith('-') === true ? null : (operands[0] ?? null);
  if (named === -1) return { type: 'listFiles', command, path };
  return { type: 'search', command, query: args[named + 1] ?? null, path };
}

const FILTERS = new Set(['head', 'tail', 'wc', 'sort', 'uniq', 'nl', 'cut', 'grep', 'rg', 'sed']);

function isFilter({ forms, isFed, writes }: ScriptSegment['parts'][number]): boolean {
  const [first] = forms.at(-1) ?? [];
  return writes.length === 0 && (!isFed || (first !== undefined && FILTERS.has(programOf(first))));
}
