import { type KeyPath, parseKeyPath } from './keyPath.ts';

/** One header or assignment of a TOML text; offsets count characters. */
export type Statement = {
  /** From the root: for an assignment the key below its header. */
  readonly path: KeyPath;
  readonly kind: 'header' | 'listHeader' | 'pair';
  /** Path of the header above; of a header its own. */
  readonly table: KeyPath;
  /** True below a `[[list]]`, whose entries no path names. */
  readonly isInList: boolean;
  readonly start: number;
  /** Where the value begins and ends; of a header the same as `start` and `end`. */
  readonly valueStart: number;
  readonly valueEnd: number;
  /** Behind the line break of the last line. */
  readonly end: number;
};

/**
 * Where everything stands in a TOML text that is known to be valid. Comments and blank lines belong to
 * no statement. undefined when something is written in a way this reader does not follow.
 */
export function readStatements(text: string): readonly Statement[] | undefined {
  const statements: Statement[] = [];
  let table: KeyPath = [];
  const lists: KeyPath[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const start = skipSpace(text, at);
    const first = text[start];
    if (first === undefined) break;
    if (first === '\n' || first === '\r' || first === '#') {
      at = lineEnd(text, start);
      continue;
    }
    if (first === '[') {
      const isList = text[start + 1] === '[';
      const from = start + (isList ? 2 : 1);
      const close = keyEnd(text, from, ']');
      const path = close === undefined ? undefined : parseKeyPath(text.slice(from, close).trim());
      if (path === undefined || close === undefined) return undefined;
      table = path;
      if (isList) lists.push(path);
      const end = lineEnd(text, close);
      statements.push({
        path,
        kind: isList ? 'listHeader' : 'header',
        table,
        isInList: isList || isBelowAny(path, lists),
        start,
        valueStart: start,
        valueEnd: end,
        end,
      });
      at = end;
      continue;
    }
    const equals = keyEnd(text, start, '=');
    const key = equals === undefined ? undefined : parseKeyPath(text.slice(start, equals).trim());
    if (equals === undefined || key === undefined) return undefined;
    const valueStart = skipSpace(text, equals + 1);
    const valueEnd = endOfValue(text, valueStart);
    const end = lineEnd(text, valueEnd);
    statements.push({
      path: [...table, ...key],
      kind: 'pair',
      table,
      isInList: isBelowAny(table, lists),
      start,
      valueStart,
      valueEnd,
      end,
    });
    at = end;
  }
  return statements;
}

/** True when `path` is `prefix` or below it. */
export function startsWith(path: KeyPath, prefix: KeyPath): boolean {
  return prefix.length <= path.length && prefix.every((part, index) => path[index] === part);
}

const isBelowAny = (path: KeyPath, prefixes: readonly KeyPath[]): boolean =>
  prefixes.some((prefix) => startsWith(path, prefix));

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

/** Behind the line break that ends the line `from` is in. */
function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
}

/** Where a key ends: the first `stop` outside quotes on its line. */
function keyEnd(text: string, from: number, stop: string): number | undefined {
  let at = from;
  while (at < text.length) {
    const character = text[at];
    if (character === stop) return at;
    if (character === '\n') return undefined;
    at = character === '"' || character === "'" ? endOfString(text, at) : at + 1;
  }
  return undefined;
}

function endOfString(text: string, from: number): number {
  const quote = text[from] ?? '';
  const triple = quote.repeat(3);
  if (text.startsWith(triple, from)) {
    let at = from + 3;
    while (at < text.length && !text.startsWith(triple, at)) {
      at += quote === '"' && text[at] === '\\' ? 2 : 1;
    }
    at += 3;
    // Up to two quotes may stand right before the closing ones.
    while (text[at] === quote) at += 1;
    return at;
  }
  let at = from + 1;
  while (at < text.length && text[at] !== quote) {
    at += quote === '"' && text[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

/** Behind the last character of a value; a comment on its line is no part of it. */
function endOfValue(text: string, from: number): number {
  let at = from;
  let depth = 0;
  let end = from;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '"' || character === "'") {
      at = endOfString(text, at);
      end = at;
      continue;
    }
    if (character === '#') {
      if (depth === 0) return end;
      at = lineEnd(text, at);
      continue;
    }
    if (character === '\n' && depth === 0) return end;
    if (character === '[' || character === '{') depth += 1;
    if (character === ']' || character === '}') depth -= 1;
    at += 1;
    if (!/\s/u.test(character)) end = at;
  }
  return end;
}
