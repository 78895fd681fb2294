import { isDeepStrictEqual } from 'node:util';

import { parse } from 'smol-toml';

import { withoutByteOrderMark } from '../../base/index.ts';
import {
  formatKeyPath,
  isTable,
  type KeyPath,
  mergeTables,
  type Table,
  valueAt,
} from './keyPath.ts';
import { readStatements, startsWith, type Statement } from './tomlStatements.ts';

/** One change of a settings file; an undefined value removes the key. */
export type TomlEdit = {
  readonly path: KeyPath;
  readonly value: unknown;
  /** Adds to a table that is there instead of taking its place. */
  readonly isUpsert: boolean;
};

/**
 * The text with one change made where it belongs; comments, order and everything else stay as they
 * are. undefined when the place cannot be found safely: what comes out has been read again and says
 * exactly what was wanted. `text` must be valid TOML.
 */
export function editToml(text: string, edit: TomlEdit): string | undefined {
  const before: Table = parse(withoutByteOrderMark(text));
  const current = valueAt(before, edit.path);
  const value =
    edit.isUpsert && isTable(current) && isTable(edit.value)
      ? mergeTables(current, edit.value)
      : edit.value;
  if (isDeepStrictEqual(current, value)) return text;
  const edited = place(text, edit.path, value, before);
  if (edited === undefined) return undefined;
  try {
    const after: Table = parse(withoutByteOrderMark(edited));
    const wanted = withValue(before, edit.path, value);
    return isDeepStrictEqual(withoutEmpty(after), withoutEmpty(wanted)) ? edited : undefined;
  } catch {
    return undefined;
  }
}

function place(text: string, path: KeyPath, value: unknown, before: Table): string | undefined {
  const statements = readStatements(text);
  if (statements === undefined) return undefined;
  const open = statements.filter(({ isInList }) => !isInList);
  const exact = open.find((known) => known.kind === 'pair' && isSame(known.path, path));
  if (exact !== undefined) {
    return value === undefined
      ? splice(text, exact.start, exact.end, '')
      : splice(text, exact.valueStart, exact.valueEnd, written(value));
  }
  // Part of a table written on one line: that line is written anew.
  const above = open.find((known) => known.kind === 'pair' && startsWith(path, known.path));
  if (above !== undefined) {
    // A plain value would be lost for a table nobody asked for.
    if (!isTable(valueAt(before, above.path))) return undefined;
    const whole = valueAt(withValue(before, path, value), above.path);
    return splice(text, above.valueStart, above.valueEnd, written(whole));
  }
  const below = statements.filter((known) => startsWith(known.path, path));
  if (isTable(value) && below.length > 0) return placeTable(text, path, value, before);
  const cleared = below.reduceRight(
    (rest, known) => splice(rest, known.start, known.end, ''),
    text,
  );
  return value === undefined ? cleared : insert(cleared, path, value);
}

/** A table that is spread over lines changes line by line, so that its comments stay. */
function placeTable(text: string, path: KeyPath, value: Table, before: Table): string | undefined {
  const current = valueAt(before, path);
  const names = new Set([...Object.keys(isTable(current) ? current : {}), ...Object.keys(value)]);
  let edited: string | undefined = text;
  for (const name of names) {
    if (edited === undefined) return undefined;
    edited = editToml(edited, { path: [...path, name], value: value[name], isUpsert: false });
  }
  return edited;
}

function insert(text: string, path: KeyPath, value: unknown): string | undefined {
  const statements = readStatements(text)?.filter(({ isInList }) => !isInList);
  if (statements === undefined) return undefined;
  const parent = path.slice(0, -1);
  const header = statements.find((known) => known.kind === 'header' && isSame(known.path, parent));
  const line = (table: KeyPath): string =>
    `${formatKeyPath(path.slice(table.length))} = ${written(value)}\n`;
  if (header !== undefined) return insertAfter(text, lastOf(statements, header), line(parent));
  // Where the table is written with dotted keys, its next key is, too.
  const sibling =
    parent.length === 0
      ? undefined
      : statements.findLast(
          ({ kind, path: assigned, table }) =>
            kind === 'pair' && startsWith(assigned, parent) && startsWith(parent, table),
        );
  if (sibling !== undefined) return insertAfter(text, sibling, line(sibling.table));
  if (parent.length > 0) {
    const gap = text === '' || text.endsWith('\n\n') ? '' : text.endsWith('\n') ? '\n' : '\n\n';
    return `${text}${gap}[${formatKeyPath(parent)}]\n${line(parent)}`;
  }
  const last = statements.findLast((known) => known.kind === 'pair' && known.table.length === 0);
  if (last !== undefined) return insertAfter(text, last, line([]));
  const firstHeader = readStatements(text)?.[0];
  if (firstHeader === undefined) {
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line([])}`;
  }
  // In front of the comment that speaks of the first table.
  const at = startOfComment(text, firstHeader.start);
  return splice(text, at, at, `${line([])}\n`);
}

/** The last assignment of a header's section, or the header itself. */
function lastOf(statements: readonly Statement[], header: Statement): Statement {
  const own = statements.filter(
    (known) =>
      known.kind === 'pair' && known.start > header.start && isSame(known.table, header.path),
  );
  return own.at(-1) ?? header;
}

function insertAfter(text: string, statement: Statement, line: string): string {
  const { end } = statement;
  const gap = end > 0 && text[end - 1] !== '\n' ? '\n' : '';
  return splice(text, end, end, gap + line);
}

/** Where the comment lines right above a place begin. */
function startOfComment(text: string, from: number): number {
  let at = text.lastIndexOf('\n', from - 1) + 1;
  while (at > 0) {
    const start = text.lastIndexOf('\n', at - 2) + 1;
    if (!text.slice(start, at).trimStart().startsWith('#')) break;
    at = start;
  }
  return at;
}

const splice = (text: string, start: number, end: number, insertion: string): string =>
  text.slice(0, start) + insertion + text.slice(end);

const isSame = (left: KeyPath, right: KeyPath): boolean =>
  left.length === right.length && startsWith(left, right);

/** A copy of a table with a value at a path, or without it; emptied tables stay. */
function withValue(root: Table, path: KeyPath, value: unknown): Table {
  const [first, ...rest] = path;
  if (first === undefined) return root;
  const entries = new Map(Object.entries(root));
  if (rest.length > 0) {
    const inner = entries.get(first);
    if (value === undefined && !isTable(inner)) return root;
    entries.set(first, withValue(isTable(inner) ? inner : {}, rest, value));
  } else if (value === undefined) entries.delete(first);
  else entries.set(first, value);
  return Object.fromEntries(entries);
}

/** Whether an emptied table stays depends on how it was written, and means nothing. */
function withoutEmpty(table: Table): Table {
  return Object.fromEntries(
    Object.entries(table)
      .map(([name, value]) => [name, isTable(value) ? withoutEmpty(value) : value] as const)
      .filter(([, value]) => !isTable(value) || Object.keys(value).length > 0),
  );
}

/** A value as TOML on one line. */
function written(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (!isTable(value)) return '""';
  const fields = Object.entries(value).map(
    ([name, field]) => `${formatKeyPath([name])} = ${written(field)}`,
  );
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
