import { lstatSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';

import { hasCode } from '../../base/index.ts';
import { SandboxError } from '../errors.ts';
import { bytesOf, childOf, type RawPath, rawOf, textOf } from '../paths/index.ts';
import type { SearchBudget } from './budget.ts';
import type { Closed } from './walk.ts';

/**
 * The other names of closed files that have several: what is closed under one can be read under all. Where one of
 * them lies outside of the folders that are looked through, nothing can be closed, and that is said.
 */
export async function otherNames(
  closed: readonly Closed[],
  folders: readonly RawPath[],
  budget: SearchBudget,
): Promise<readonly RawPath[]> {
  const wanted = new Map<
    string,
    { readonly name: RawPath; left: number; readonly names: Set<RawPath> }
  >();
  for (const { path, kind, linkCount } of closed) {
    if (kind !== 'file' || linkCount < 2) continue;
    const facts = lstatSync(bytesOf(path), { throwIfNoEntry: false, bigint: true });
    if (facts !== undefined) {
      wanted.set(`${facts.dev}:${facts.ino}`, { name: path, left: linkCount, names: new Set() });
    }
  }
  if (wanted.size === 0) return [];

  const waiting = [...folders];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await namesIn(folder);
    budget.take(entries.length, textOf(folder));
    for (const entry of entries) {
      const path = childOf(folder, rawOf(entry.name));
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile()) {
        const facts = await lstat(bytesOf(path), { bigint: true }).catch(() => undefined);
        if (facts !== undefined && facts.nlink > 1n) {
          wanted.get(`${facts.dev}:${facts.ino}`)?.names.add(path);
        }
      }
    }
  }
  for (const { name, left, names } of wanted.values()) {
    if (names.size < left) throw hasOtherNames(name, left - names.size);
  }
  return wanted
    .values()
    .flatMap(({ names }) => names)
    .toArray();
}

async function namesIn(folder: RawPath) {
  try {
    return await readdir(bytesOf(folder), { encoding: 'buffer', withFileTypes: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM', 'ENOTDIR')) return [];
    throw error;
  }
}

const hasOtherNames = (path: RawPath, count: number): SandboxError =>
  new SandboxError(
    'refused',
    `${textOf(path)} may not be read, but it is a hard link: it has ${String(count)} more ` +
      `${count === 1 ? 'name' : 'names'} somewhere else on the disk, by which it could be. Put a copy in its place.`,
  );
