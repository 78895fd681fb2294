import { dirname, isAbsolute, resolve, sep } from 'node:path';

import { matchesDenyGlob } from './denyGlob.ts';
import type { Access, FileEntry, FileRules, RestrictedFiles } from './types.ts';

/**
 * What may be done with a file, by its name alone: whoever opens it asks for the name it was given by and for the one
 * its links lead to. A name that is not absolute is nobody's (permissions §1).
 */
export function accessTo(files: FileRules, path: string): Access {
  if (files.kind !== 'restricted') return 'write';
  if (!isAbsolute(path)) return 'deny';
  const name = resolve(path);
  const decided = narrowest(files.entries, name);
  if (decided === undefined || decided.access === 'deny' || isDeniedByGlob(files, name)) {
    return 'deny';
  }
  return decided.access === 'write' && isProtected(files, name, decided) ? 'read' : decided.access;
}

/** The entry that decides about a path: of those that hold it the narrowest, and of those the one that counts. */
export function narrowest(entries: readonly FileEntry[], path: string): FileEntry | undefined {
  let found: FileEntry | undefined;
  for (const entry of entries) {
    if (isWithin(path, entry.path) && (found === undefined || wins(entry, found))) found = entry;
  }
  return found;
}

/** Whether a path is the folder or below it; both absolute and without `.` and `..`. */
const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Of two entries for one path the one that counts. */
export const PRECEDENCE: Readonly<Record<Access, number>> = { read: 0, write: 1, deny: 2 };

/** Both hold the same path, so the longer one is the narrower. */
const wins = (entry: FileEntry, other: FileEntry): boolean =>
  entry.path === other.path
    ? PRECEDENCE[entry.access] > PRECEDENCE[other.access]
    : entry.path.length > other.path.length;

/** What lies in a folder that matches is denied as well. */
function isDeniedByGlob({ denyGlobs }: RestrictedFiles, path: string): boolean {
  if (denyGlobs.length === 0) return false;
  for (let name = path; ; name = dirname(name)) {
    const current = name;
    if (denyGlobs.some((pattern) => matchesDenyGlob(pattern, current))) return true;
    if (dirname(name) === name) return false;
  }
}

/** Unless an entry was made for that very name, or for what is below it. */
const isProtected = (
  { protectedPaths }: RestrictedFiles,
  path: string,
  decided: FileEntry,
): boolean => protectedPaths.some((name) => isWithin(path, name) && !isWithin(decided.path, name));
