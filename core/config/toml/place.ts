import { type KeyPath } from './keyPath.ts';
import { readStatements, startsWith, type Statement } from './tomlStatements.ts';

/** Both counted from 1; columns in characters as people count them, not in code units. */
export type TextPosition = { readonly line: number; readonly column: number };

/** Both ends belong to it. */
export type TextRange = { readonly start: TextPosition; readonly end: TextPosition };

/** Where in a text that is no TOML its parser gave up; `column` counts code units from 1. */
export function rangeAt(text: string, line: number, column: number): TextRange {
  const words = text.split('\n')[line - 1] ?? '';
  const position = { line, column: characters(words.slice(0, column - 1)) + 1 };
  return { start: position, end: position };
}

/**
 * Where the value of a key stands in a TOML text, or for a table its header; `part` asks for the key
 * itself. Where the key stands nowhere, the nearest table above it is the place. undefined when nothing of
 * it is written there.
 */
export function rangeOf(
  text: string,
  path: KeyPath,
  part: 'key' | 'value' = 'value',
): TextRange | undefined {
  const statements = readStatements(text) ?? [];
  for (let length = path.length; length > 0; length -= 1) {
    const place = find(statements, path.slice(0, length));
    if (place !== undefined) return rangeIn(text, place, part);
  }
  return undefined;
}

/** The key's own line, the line that it is a part of, or the first line that is a part of it. */
function find(statements: readonly Statement[], path: KeyPath): Statement | undefined {
  return (
    statements.findLast((known) => known.kind === 'pair' && isSame(known.path, path)) ??
    statements.findLast((known) => known.kind === 'pair' && startsWith(path, known.path)) ??
    statements.find((known) => startsWith(known.path, path))
  );
}

const isSame = (left: KeyPath, right: KeyPath): boolean =>
  left.length === right.length && startsWith(left, right);

function rangeIn(text: string, place: Statement, part: 'key' | 'value'): TextRange {
  const isKey = part === 'key' && place.kind === 'pair';
  const start = isKey ? place.start : place.valueStart;
  const written = isKey
    ? text.slice(start, place.valueStart).replace(/\s*=\s*$/u, '')
    : text.slice(start, place.valueEnd).trimEnd();
  return {
    start: positionOf(text, start),
    end: positionOf(text, Math.max(start, start + written.length - 1)),
  };
}

function positionOf(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    line: before.split('\n').length,
    column: characters(before.slice(lineStart)) + 1,
  };
}

/** Code points, which is what the protocol's columns count. */
const characters = (text: string): number => Array.from(text).length;
