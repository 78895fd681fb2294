import { lstatSync, readlinkSync, type Stats } from 'node:fs';

import { hasCode } from '../../base/index.ts';
import { bytesOf, childOf, parentOf, type RawPath, rawOf, rawPath } from './rawPath.ts';

/** A symbolic link on the way to something. */
export type PathLink = { readonly path: RawPath; readonly target: RawPath };

/** What a name stands for on the disk at this moment. */
export type Located = {
  /** Without links as far as it exists; where nothing is there, the first name that is missing. */
  readonly path: RawPath;
  /** `unreachable`: nobody with our rights comes there, by whatever name. */
  readonly kind: 'folder' | 'file' | 'missing' | 'unreachable';
  /** In the order in which they were followed. */
  readonly links: readonly PathLink[];
  /** Of a file: by how many names it can be reached. */
  readonly linkCount: number;
};

/** As many as the system follows. */
const MAX_LINKS = 40;

/** Follows a name to where it leads, as the system does, and notes the links on the way. */
export function locate(named: RawPath): Located {
  const links: PathLink[] = [];
  const names = namesOf(named);
  let path = rawPath('/');
  let linkCount = 1;
  let kind: 'folder' | 'file' = 'folder';
  while (names.length > 0) {
    const name = names.shift();
    if (name === undefined || name === '' || name === '.') continue;
    if (name === '..') {
      path = parentOf(path);
      continue;
    }
    // Below a file there is nothing, and nothing can be made there.
    if (kind === 'file') return { path, kind: 'unreachable', links, linkCount };
    const next = childOf(path, name);
    const facts = factsOf(next);
    if (typeof facts === 'string') return { path: next, kind: facts, links, linkCount };
    if (facts.isSymbolicLink()) {
      const target = targetOf(next);
      if (target !== undefined) links.push({ path: next, target });
      if (target === undefined || links.length > MAX_LINKS)
        return { path: next, kind: 'unreachable', links, linkCount };
      if (target.startsWith('/')) path = rawPath('/');
      names.unshift(...namesOf(target));
      continue;
    }
    path = next;
    kind = facts.isDirectory() ? 'folder' : 'file';
    linkCount = facts.nlink;
  }
  return { path, kind, links, linkCount: kind === 'file' ? linkCount : 1 };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parts of one
const namesOf = (path: RawPath): RawPath[] => path.split('/') as RawPath[];

function targetOf(link: RawPath): RawPath | undefined {
  try {
    return rawOf(readlinkSync(bytesOf(link), { encoding: 'buffer' }));
  } catch {
    // A process of somebody else, whose links nobody follows; or it has gone.
    return undefined;
  }
}

function factsOf(path: RawPath): Stats | 'missing' | 'unreachable' {
  try {
    return lstatSync(bytesOf(path), { throwIfNoEntry: false }) ?? 'missing';
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'ENOTDIR', 'ENAMETOOLONG')) return 'unreachable';
    throw error;
  }
}
