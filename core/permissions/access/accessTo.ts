import { dirname, isAbsolute, resolve } from 'node:path';

import { matchesDenyGlob } from './denyGlob.ts';
import { isWithin, narrowest } from './narrowest.ts';
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
