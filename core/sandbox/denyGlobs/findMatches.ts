import type { RestrictedFiles } from '../../permissions/index.ts';
import { SandboxError } from '../errors.ts';
import { isWithin, locate, parentOf, type RawPath, rawPath } from '../paths/index.ts';
import { SearchBudget } from './budget.ts';
import { otherNames } from './hardLinks.ts';
import { countsFolders, parsePattern } from './pattern.ts';
import { type Closed, walk } from './walk.ts';

/** Something that is closed by a pattern, or as another name of what is closed. */
export type Match = {
  readonly path: RawPath;
  readonly kind: 'folder' | 'file';
  /** The deepest folder that must keep its name, so that it stays closed for the next command, too. */
  readonly keptFolder: RawPath;
};

/** Each is a mount, and the kernel takes the longer for one the more there are. */
const MAX_MATCHES = 512;

/** What is on the disk now that patterns close. Rejects with a `SandboxError` where it cannot be told, or is too much. */
export async function findMatches(files: RestrictedFiles): Promise<readonly Match[]> {
  const { denyGlobs, globScanMaxDepth = Infinity, entries } = files;
  const budget = new SearchBudget();
  const found = new Map<RawPath, Match>();
  const closed: Closed[] = closedEntries(files);
  const folders = entries.flatMap(({ path, access }) =>
    access === 'write' ? [rawPath(path)] : [],
  );
  for (const pattern of denyGlobs) {
    const glob = parsePattern(pattern);
    const folder = locate(rawPath(glob.folder)).path;
    folders.push(folder);
    for (const match of await walk(glob, globScanMaxDepth, budget)) {
      closed.push(match);
      const { path, kind } = match;
      const isBelow = isWithin(path, folder) && !countsFolders(glob);
      found.set(path, { path, kind, keptFolder: isBelow ? folder : parentOf(path) });
    }
  }
  for (const path of await otherNames(closed, outermost(folders), budget)) {
    if (!found.has(path)) found.set(path, { path, kind: 'file', keptFolder: parentOf(path) });
  }
  const matches = withoutCovered(found);
  if (matches.length > MAX_MATCHES) throw tooMany(matches.length, denyGlobs);
  return matches;
}

/** Files that entries close; they too can have other names. */
const closedEntries = ({ entries }: RestrictedFiles): Closed[] =>
  entries.flatMap(({ path: name, access }) => {
    if (access !== 'deny') return [];
    const { path, kind, linkCount } = locate(rawPath(name));
    return kind === 'file' ? [{ path, kind, linkCount }] : [];
  });

/** What lies in a closed folder is closed with it. */
function withoutCovered(found: ReadonlyMap<RawPath, Match>): readonly Match[] {
  return found
    .values()
    .filter(({ path }) => {
      for (let folder = path; parentOf(folder) !== folder;) {
        folder = parentOf(folder);
        if (found.get(folder)?.kind === 'folder') return false;
      }
      return true;
    })
    .toArray();
}

/** Real folders, none of which lies in another. */
function outermost(names: readonly RawPath[]): readonly RawPath[] {
  const folders = new Set(names.map((name) => locate(name).path));
  return Array.from(folders).filter(
    (folder) => !folders.values().some((other) => other !== folder && isWithin(folder, other)),
  );
}

const tooMany = (count: number, globs: readonly string[]): SandboxError =>
  new SandboxError(
    'refused',
    `${String(count)} files are closed by the patterns ${globs.join(' ')}, and no more than ${String(MAX_MATCHES)} ` +
      'can be. Close the folders that they lie in by their names.',
  );
