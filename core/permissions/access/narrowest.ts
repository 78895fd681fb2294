import { sep } from 'node:path';

import type { Access, FileEntry } from './types.ts';

// Apart from `accessTo`, which brings the patterns along: a start asks for these alone.

/** The entry that decides about a path: of those that hold it the narrowest, and of those the one that counts. */
export function narrowest(entries: readonly FileEntry[], path: string): FileEntry | undefined {
  let found: FileEntry | undefined;
  for (const entry of entries) {
    if (isWithin(path, entry.path) && (found === undefined || wins(entry, found))) found = entry;
  }
  return found;
}

/** Whether a path is the folder or below it; both absolute and without `.` and `..`. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Of two entries for one path the one that counts. */
export const PRECEDENCE: Readonly<Record<Access, number>> = { read: 0, write: 1, deny: 2 };

/** How much an access allows. */
export const RANK: Readonly<Record<Access, number>> = { deny: 0, read: 1, write: 2 };

/** Both hold the same path, so the longer one is the narrower. */
const wins = (entry: FileEntry, other: FileEntry): boolean =>
  entry.path === other.path
    ? PRECEDENCE[entry.access] > PRECEDENCE[other.access]
    : entry.path.length > other.path.length;
