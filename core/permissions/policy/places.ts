import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { assertNever } from '../../base/index.ts';
import type { FileSystemPath, ThreadEnvironment } from '../../protocol/index.ts';
import {
  canonicalEntries,
  canonicalNames,
  escapeGlob,
  type FileEntry,
  type RestrictedFiles,
} from '../access/index.ts';
import { depthOf, subpathOf, WORKSPACE_GLOB_PREFIX } from './fileSet.ts';
import type { FileSet } from './types.ts';

/** What the names of places mean for one turn, on this machine. */
export type Places = {
  readonly cwd: string;
  readonly workspaceRoots: readonly string[];
  /** `$TMPDIR`, where it is set and not empty. */
  readonly tmpdir?: string;
  readonly hasSlashTmp: boolean;
};

/** What of this machine the names of places depend on. */
export type TurnMachine = Pick<Places, 'tmpdir' | 'hasSlashTmp'>;

/** What the names of places mean for a turn that works there. */
export function placesOf(
  { cwd, runtimeWorkspaceRoots }: ThreadEnvironment,
  { tmpdir, hasSlashTmp }: TurnMachine,
  workspaceRoots: readonly string[] = [],
): Places {
  return {
    cwd,
    workspaceRoots: [...runtimeWorkspaceRoots, ...workspaceRoots],
    ...(tmpdir !== undefined && { tmpdir }),
    hasSlashTmp,
  };
}

/** A set of files with every name absolute and nothing left that depends on the turn. */
export type PlacedFiles = Pick<RestrictedFiles, 'entries' | 'denyGlobs' | 'globScanMaxDepth'>;

/** What programs need to be started at all. */
const MINIMAL: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    '/bin',
    '/sbin',
    '/usr',
    '/etc',
    '/lib',
    '/lib64',
    '/nix/store',
    '/run/current-system/sw',
  ],
  darwin: ['/bin', '/sbin', '/usr', '/etc', '/private/etc', '/Library', '/System'],
};

/** The set for a turn (permissions §2). Patterns only ever deny. */
export function placedFiles({ entries, globScanMaxDepth }: FileSet, places: Places): PlacedFiles {
  const named = entries.flatMap(({ path, access }) =>
    pathsOf(path, places).map((at): FileEntry => ({ path: at, access })),
  );
  const denyGlobs = entries.flatMap(({ path, access }) =>
    path.type === 'glob_pattern' && access === 'deny' ? globsOf(path.pattern, places) : [],
  );
  return {
    entries: canonicalEntries(named),
    denyGlobs: canonicalNames(denyGlobs),
    ...depthOf(globScanMaxDepth),
  };
}

/** Absolute, also where it is written from the user's own folder on. */
export function absolutePath(path: string, cwd: string): string {
  return path === '~' || path.startsWith('~/')
    ? join(homedir(), path.slice(1))
    : resolve(cwd, path);
}

function pathsOf(path: FileSystemPath, places: Places): readonly string[] {
  switch (path.type) {
    case 'path':
      return [absolutePath(path.path, places.cwd)];
    case 'glob_pattern':
      return [];
    case 'special': {
      const subpath = subpathOf(path.value) ?? '.';
      return foldersOf(path.value.kind, places).map((folder) => resolve(folder, subpath));
    }
    default:
      return assertNever(path, 'file system path');
  }
}

type SpecialKind = Extract<FileSystemPath, { readonly type: 'special' }>['value']['kind'];

function foldersOf(kind: SpecialKind, places: Places): readonly string[] {
  const { cwd, workspaceRoots, tmpdir, hasSlashTmp } = places;
  switch (kind) {
    case 'root':
      return ['/'];
    case 'minimal':
      return MINIMAL[process.platform] ?? [];
    case 'project_roots':
      return workspaceRoots.map((root) => absolutePath(root, cwd));
    case 'current_working_directory':
      return [cwd];
    case 'tmpdir':
      return tmpdir === undefined ? [] : [resolve(cwd, tmpdir)];
    case 'slash_tmp':
      return hasSlashTmp ? ['/tmp'] : [];
    case 'unknown':
      return [];
    default:
      return assertNever(kind, 'special place');
  }
}

function globsOf(pattern: string, { cwd, workspaceRoots }: Places): readonly string[] {
  if (!pattern.startsWith(WORKSPACE_GLOB_PREFIX)) return [pattern];
  const within = pattern.slice(WORKSPACE_GLOB_PREFIX.length);
  return workspaceRoots.map((root) => {
    const folder = escapeGlob(absolutePath(root, cwd));
    return folder.endsWith('/') ? folder + within : `${folder}/${within}`;
  });
}
