import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';

import { hasCode } from '../../base/index.ts';
import { matchesDenyGlob } from '../../permissions/index.ts';
import {
  bytesOf,
  childOf,
  isWithin,
  locate,
  type RawPath,
  rawOf,
  rawPath,
  textOf,
} from '../paths/index.ts';
import type { SearchBudget } from './budget.ts';
import { advance, BEGINNING, type GlobPattern, type Progress } from './pattern.ts';

/** A file or folder that a pattern closes; of a link, what it leads to. */
export type Closed = {
  readonly path: RawPath;
  readonly kind: 'folder' | 'file';
  readonly linkCount: number;
};

/** A folder on the way. By links it can have several names. */
type Folder = {
  readonly path: RawPath;
  readonly name: string;
  readonly progress: Progress;
};

/** Folders that are read at a time. */
const READ_AT_ONCE = 16;
/** From as many on a folder that holds nothing else is closed as one. */
const MIN_WHOLE_FOLDER = 8;

/**
 * What a pattern closes of what is there now. Links are followed, because what is read by them is what they lead to;
 * a folder that is met again with as much of the pattern before it holds nothing new.
 */
export async function walk(
  glob: GlobPattern,
  maxDepth: number,
  budget: SearchBudget,
): Promise<readonly Closed[]> {
  const start = locate(rawPath(glob.folder));
  if (start.kind === 'missing' || start.kind === 'unreachable') return [];
  if (matchesDenyGlob(glob.pattern, glob.folder)) {
    return [{ path: start.path, kind: start.kind, linkCount: start.linkCount }];
  }
  if (start.kind === 'file') return [];

  const closed: Closed[] = [];
  const seen = new Set<string>();
  let level: Folder[] = [{ path: start.path, name: glob.folder, progress: BEGINNING }];
  for (let depth = 1; level.length > 0 && depth <= maxDepth; depth += 1) {
    const next: Folder[] = [];
    for (let at = 0; at < level.length; at += READ_AT_ONCE) {
      const read = await Promise.all(level.slice(at, at + READ_AT_ONCE).map(readFolder));
      for (const { folder, entries } of read) {
        budget.take(entries.length + 1, glob.folder);
        const found = look(glob, folder, entries);
        closed.push(...found.closed);
        for (const below of found.folders) {
          const key = `${below.path}\0${glob.names === undefined ? below.name : below.progress.join()}`;
          if (!seen.has(key)) next.push(below);
          seen.add(key);
        }
      }
    }
    level = next;
  }
  return closed;
}

type Entry = { readonly name: RawPath; readonly kind: 'folder' | 'link' | 'other' };

async function readFolder(
  folder: Folder,
): Promise<{ readonly folder: Folder; readonly entries: readonly Entry[] }> {
  try {
    const found = await readdir(bytesOf(folder.path), { encoding: 'buffer', withFileTypes: true });
    return { folder, entries: found.map(entryOf) };
  } catch (error) {
    // It has gone, or nobody with our rights can look into it.
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM', 'ENOTDIR')) return { folder, entries: [] };
    throw error;
  }
}

const entryOf = (entry: Dirent<Buffer>): Entry => ({
  name: rawOf(entry.name),
  kind: entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other',
});

function look(
  glob: GlobPattern,
  folder: Folder,
  entries: readonly Entry[],
): { readonly closed: readonly Closed[]; readonly folders: readonly Folder[] } {
  const closed: Closed[] = [];
  const folders: Folder[] = [];
  for (const { name, kind } of entries) {
    const path = childOf(folder.path, name);
    const text = textOf(name);
    const named = `${folder.name === '/' ? '' : folder.name}/${text}`;
    const progress = glob.names === undefined ? [] : advance(glob.names, folder.progress, text);
    const isMatch = matchesDenyGlob(glob.pattern, named);
    const leadsOn = glob.names === undefined || progress.length > 0;
    if (!isMatch && (!leadsOn || kind === 'other')) continue;
    const located = isMatch || kind === 'link' ? locate(path) : undefined;
    if (isMatch) {
      if (located?.kind === 'file' || located?.kind === 'folder') {
        closed.push({ path: located.path, kind: located.kind, linkCount: located.linkCount });
      }
    } else if (kind === 'folder') folders.push({ path, name: named, progress });
    // Where it is not known how far a pattern has come, going round in a circle would not be noticed.
    else if (
      located?.kind === 'folder' &&
      (glob.names !== undefined || !isWithin(folder.path, located.path))
    ) {
      folders.push({ path: located.path, name: named, progress });
    }
  }
  const isWhole = closed.length >= MIN_WHOLE_FOLDER && closed.length === entries.length;
  return {
    closed: isWhole
      ? [
          { path: folder.path, kind: 'folder', linkCount: 1 },
          ...closed.filter(({ linkCount }) => linkCount > 1),
        ]
      : closed,
    folders,
  };
}
