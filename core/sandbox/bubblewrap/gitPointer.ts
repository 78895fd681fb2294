import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

import { bytesOf, parentOf, type RawPath, rawPath, textOf } from '../paths/index.ts';

/** More than any path has. */
const MAX_POINTER_BYTES = 8192;

/**
 * Where a `.git` that is a file says that the repository lies: a worktree's own folder, and the one that it shares
 * with the others, in which the hooks are.
 */
export function gitFolders(pointer: RawPath): readonly RawPath[] {
  const named = /^gitdir: (?<path>.+)$/mu.exec(readPointer(pointer))?.groups?.['path'];
  if (named === undefined) return [];
  const own = posix.resolve(textOf(parentOf(pointer)), named.trim());
  const shared = readPointer(rawPath(posix.join(own, 'commondir'))).trim();
  return [own, ...(shared === '' ? [] : [posix.resolve(own, shared)])].map(rawPath);
}

function readPointer(path: RawPath): string {
  try {
    const text = readFileSync(bytesOf(path), 'utf8');
    return text.length > MAX_POINTER_BYTES ? '' : text;
  } catch {
    // There is none, and git finds nothing by it either.
    return '';
  }
}
