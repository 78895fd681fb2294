import { PRECEDENCE } from './narrowest.ts';
import type { FileEntry } from './types.ts';

/** The same entries whatever order they came in: sorted, and of several for one path the one that counts. */
export function canonicalEntries(entries: readonly FileEntry[]): readonly FileEntry[] {
  const byPath = new Map<string, FileEntry>();
  for (const entry of entries) {
    const known = byPath.get(entry.path);
    if (known === undefined || counts(entry, known)) byPath.set(entry.path, entry);
  }
  return Array.from(byPath.values()).toSorted((a, b) => compareText(a.path, b.path));
}

/** Sorted, and each of them once. */
export const canonicalNames = (names: readonly string[]): readonly string[] =>
  Array.from(new Set(names)).toSorted(compareText);

const counts = (entry: FileEntry, known: FileEntry): boolean =>
  PRECEDENCE[entry.access] > PRECEDENCE[known.access] ||
  // What settings say needs no consent that could have gone stale.
  (entry.access === known.access && entry.realPath === undefined && known.realPath !== undefined);

/** By code units, so that it is the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
