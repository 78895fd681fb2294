import { isAbsolute, resolve } from 'node:path';

import { assertNever } from '../../base/index.ts';
import type { FileSystemPath } from '../../protocol/index.ts';
import { compareText, PRECEDENCE } from '../access/index.ts';
import type { FileSet, FileSetEntry } from './types.ts';

/** A pattern with this in front is below each of the turn's work folders. */
export const WORKSPACE_GLOB_PREFIX = 'codex-project-roots://';

/** The same set whatever order it was given in: sorted, every place once, its access the one that counts. */
export function canonicalFileSet({ entries, globScanMaxDepth }: FileSet): FileSet {
  const byKey = new Map<string, FileSetEntry>();
  for (const { path, access } of entries) {
    const canonical = canonicalPath(path);
    const key = keyOf(canonical);
    const known = byKey.get(key);
    if (known === undefined || PRECEDENCE[access] > PRECEDENCE[known.access]) {
      byKey.set(key, { path: canonical, access });
    }
  }
  return {
    entries: Array.from(byKey)
      .toSorted(([a], [b]) => compareText(a, b))
      .map(([, entry]) => entry),
    ...depthOf(globScanMaxDepth),
  };
}

/** All of both. */
export function unitedFileSets(one: FileSet, other: FileSet): FileSet {
  return canonicalFileSet({
    entries: [...one.entries, ...other.entries],
    ...depthOf(unitedDepth(depthFacts(one), depthFacts(other))),
  });
}

/** What names the same place has the same key. */
export function keyOf(path: FileSystemPath): string {
  switch (path.type) {
    case 'path':
      return `path ${path.path}`;
    case 'glob_pattern':
      return `glob ${path.pattern}`;
    case 'special': {
      const { value } = path;
      const name = 'path' in value ? value.path : value.kind;
      return `special ${name} ${subpathOf(value) ?? ''}`;
    }
    default:
      return assertNever(path, 'file system path');
  }
}

type Special = Extract<FileSystemPath, { readonly type: 'special' }>['value'];

/** Undefined for the place itself, however that is written. */
export function subpathOf(special: Special): string | undefined {
  const subpath = 'subpath' in special ? special.subpath : undefined;
  return subpath === '' || subpath === '.' ? undefined : (subpath ?? undefined);
}

function canonicalPath(path: FileSystemPath): FileSystemPath {
  switch (path.type) {
    case 'path':
      return isAbsolute(path.path) ? { type: 'path', path: resolve(path.path) } : path;
    case 'glob_pattern':
      return path;
    case 'special': {
      if (!('subpath' in path.value)) return path;
      const { subpath: _written, ...value } = path.value;
      const subpath = subpathOf(path.value);
      return { type: 'special', value: subpath === undefined ? value : { ...value, subpath } };
    }
    default:
      return assertNever(path, 'file system path');
  }
}

/** What the depth of a union depends on. */
type DepthFacts = { readonly hasGlobs: boolean; readonly depth: number | undefined };

const depthFacts = ({ entries, globScanMaxDepth }: FileSet): DepthFacts => ({
  hasGlobs: entries.some(({ path }) => path.type === 'glob_pattern'),
  depth: globScanMaxDepth,
});

/** Patterns that are looked for without an end are looked for so in company, too. */
export function unitedDepth(...both: readonly DepthFacts[]): number | undefined {
  if (both.some(({ hasGlobs, depth }) => hasGlobs && depth === undefined)) return undefined;
  const depths = both.flatMap(({ depth }) => depth ?? []);
  return depths.length === 0 ? undefined : Math.max(...depths);
}

/** The field where there is one, for values that leave it out otherwise. */
export const depthOf = (depth: number | undefined): Pick<FileSet, 'globScanMaxDepth'> =>
  depth === undefined ? {} : { globScanMaxDepth: depth };
