import { isAbsolute } from 'node:path';

import type { PermissionsConfig } from '../../config/index.ts';
import type { FileSystemPath } from '../../protocol/index.ts';
import { type Access, escapeGlob, globFolder } from '../access/index.ts';
import { PermissionsError } from '../errors.ts';
import { canonicalFileSet, depthOf, WORKSPACE_GLOB_PREFIX } from './fileSet.ts';
import { absolutePath } from './places.ts';
import type { FileSet, FileSetEntry } from './types.ts';

/** A profile as the settings file has it. */
export type ProfileTable =
  PermissionsConfig['profiles'] extends ReadonlyMap<string, infer Table> ? Table : never;
type WrittenAccess = Access | 'none';

/** How the settings file names what is no path. */
const SPECIALS: Readonly<Record<string, FileSystemPath>> = {
  ':root': { type: 'special', value: { kind: 'root' } },
  ':minimal': { type: 'special', value: { kind: 'minimal' } },
  ':workspace_roots': { type: 'special', value: { kind: 'project_roots' } },
  ':project_roots': { type: 'special', value: { kind: 'project_roots' } },
  ':cwd': { type: 'special', value: { kind: 'current_working_directory' } },
  ':tmpdir': { type: 'special', value: { kind: 'tmpdir' } },
  ':slash_tmp': { type: 'special', value: { kind: 'slash_tmp' } },
};

/** What a profile says of files by itself, without what it is made from. Throws PermissionsError. */
export function fileSetOfTable({ filesystem = {} }: ProfileTable): FileSet {
  const { glob_scan_max_depth: depth, ...places } = filesystem;
  if (depth !== undefined && (typeof depth !== 'number' || depth < 1)) {
    throw new PermissionsError('glob_scan_max_depth must be at least 1');
  }
  const entries = Object.entries(places).flatMap(([place, access]) => {
    if (typeof access === 'string') return entryOf(place, access);
    if (typeof access === 'object') {
      return Object.entries(access).map(([subpath, within]) => entryWithin(place, subpath, within));
    }
    throw new PermissionsError(
      `filesystem path \`${place}\` must be \`read\`, \`write\`, \`deny\` or a table of subpaths`,
    );
  });
  return canonicalFileSet({ entries, ...depthOf(depth) });
}

/** What in a set is known to nobody here, in the words of the settings file. */
export const unknownPlaces = ({ entries }: FileSet): readonly string[] =>
  entries.flatMap(({ path }) =>
    path.type === 'special' && path.value.kind === 'unknown' ? [path.value.path] : [],
  );

function entryOf(place: string, written: WrittenAccess): FileSetEntry {
  const access = accessOf(written);
  if (place.startsWith(':')) {
    return { path: SPECIALS[place] ?? unknownPlace(place), access };
  }
  const fixed = fixedPath(place);
  const literal = literalOf(fixed, access);
  if (literal !== undefined) return { path: { type: 'path', path: literal }, access };
  return { path: { type: 'glob_pattern', pattern: boundedGlob(fixed, place) }, access };
}

function entryWithin(place: string, subpath: string, written: WrittenAccess): FileSetEntry {
  const access = accessOf(written);
  if (subpath === '.') return entryOf(place, written);
  if (!place.startsWith(':')) {
    const folder = fixedPath(place);
    checkSubpath(subpath);
    const literal = literalOf(subpath, access);
    if (literal !== undefined)
      return { path: { type: 'path', path: join(folder, literal) }, access };
    const pattern = boundedGlob(join(escapeGlob(folder), subpath), subpath);
    return { path: { type: 'glob_pattern', pattern }, access };
  }
  const special = SPECIALS[place];
  if (special === undefined) return { path: unknownPlace(place, subpath), access };
  const kind = special.type === 'special' ? special.value.kind : undefined;
  if (kind !== 'project_roots' && kind !== 'current_working_directory') {
    throw new PermissionsError(`filesystem path \`${place}\` does not support nested entries`);
  }
  checkSubpath(subpath);
  const literal = literalOf(subpath, access);
  if (literal !== undefined) {
    return { path: { type: 'special', value: { kind, subpath: literal } }, access };
  }
  return { path: { type: 'glob_pattern', pattern: WORKSPACE_GLOB_PREFIX + subpath }, access };
}

const unknownPlace = (path: string, subpath?: string): FileSystemPath => ({
  type: 'special',
  value: { kind: 'unknown', path, ...(subpath !== undefined && { subpath }) },
});

const accessOf = (written: WrittenAccess): Access => (written === 'none' ? 'deny' : written);

const join = (folder: string, name: string): string =>
  folder.endsWith('/') ? folder + name : `${folder}/${name}`;

function fixedPath(place: string): string {
  if (place === '~' || place.startsWith('~/')) return absolutePath(place, '/');
  if (isAbsolute(place)) return place;
  throw new PermissionsError(
    `filesystem path \`${place}\` must be absolute, use \`~/...\`, or start with \`:\``,
  );
}

function checkSubpath(subpath: string): void {
  const parts = subpath.split('/');
  if (
    subpath === '' ||
    isAbsolute(subpath) ||
    parts.some((part) => part === '.' || part === '..')
  ) {
    throw new PermissionsError(
      `filesystem subpath \`${subpath}\` must be a descendant path without \`.\` or \`..\` components`,
    );
  }
}

/** The path that is meant, without a trailing `/**`; undefined for a pattern, which can only be denied. */
function literalOf(path: string, access: Access): string | undefined {
  if (!GLOB_SIGNS.test(path)) return path;
  if (access === 'deny') return undefined;
  const subtree = /^(.+)\/\*\*$/su.exec(path)?.[1];
  if (subtree !== undefined && !GLOB_SIGNS.test(subtree)) return subtree;
  throw new PermissionsError(
    `filesystem glob path \`${path}\` only supports \`deny\` access; use an exact path or trailing \`/**\` for \`${access}\` subtree access`,
  );
}

const GLOB_SIGNS = /[*?[\]]/u;

/** Of a pattern that begins at the root nobody could say in time what it matches. */
function boundedGlob(pattern: string, written: string): string {
  const trimmed = pattern.replace(/\/+$/u, '');
  if (trimmed.includes('**') && globFolder(trimmed) === '/') {
    throw new PermissionsError(
      `filesystem glob path \`${written}\` begins at the root; name a folder that it is looked for in`,
    );
  }
  return trimmed;
}
