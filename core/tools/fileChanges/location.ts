import { lstat, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { hasCode } from '../../base/index.ts';

/** As the system has it; more links in a row lead round in circles. */
const MAX_LINKS = 40;

/**
 * Where something written to a path ends up: symbolic links followed, also one that leads to nothing yet, and
 * what is missing as it would be made.
 */
export async function realLocation(path: string, links = MAX_LINKS): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR') || dirname(path) === path) throw error;
  }
  const folder = await realLocation(dirname(path), links);
  const place = join(folder, basename(path));
  const target = await linkTarget(place);
  if (target === undefined) return place;
  if (links === 0) throw new Error(`too many symbolic links on the way to ${path}`);
  return realLocation(resolve(folder, target), links - 1);
}

/** The same for the name itself, which may be that of a link. */
export async function realName(path: string): Promise<string> {
  return join(await realLocation(dirname(path)), basename(path));
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
