import { Buffer } from 'node:buffer';
import { lstatSync, readlinkSync, renameSync, symlinkSync } from 'node:fs';

import { bytesOf, childOf, parentOf, type PathLink, type RawPath, rawOf } from '../paths/index.ts';

/** More than one command leaves beside the link it replaced. */
const MAX_ASIDE = 100;

/**
 * Puts back links that the permissions name places by. A link in a folder that may be written cannot be held by a
 * mount; what a command has put in its place is moved aside, where no other program takes it for the real thing.
 */
export function restoreLinks(links: readonly PathLink[]): void {
  for (const link of links) {
    try {
      if (!isAsBefore(link)) restore(link);
    } catch {
      // The folder itself has gone, or is full: then nothing is planted under that name either.
    }
  }
}

function isAsBefore({ path, target }: PathLink): boolean {
  try {
    return rawOf(readlinkSync(bytesOf(path), { encoding: 'buffer' })) === target;
  } catch {
    return false;
  }
}

function restore({ path, target }: PathLink): void {
  if (exists(path)) renameSync(bytesOf(path), bytesOf(asideOf(path)));
  symlinkSync(bytesOf(target), bytesOf(path));
}

function asideOf(path: RawPath): RawPath {
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (let count = 1; count < MAX_ASIDE; count += 1) {
    const aside = childOf(
      parentOf(path),
      rawOf(Buffer.from(`${name}.replaced-${String(count)}`, 'latin1')),
    );
    if (!exists(aside)) return aside;
  }
  throw new RangeError('too many were put aside before');
}

const exists = (path: RawPath): boolean =>
  lstatSync(bytesOf(path), { throwIfNoEntry: false }) !== undefined;
