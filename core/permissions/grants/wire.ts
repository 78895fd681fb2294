import type { FileSystemPath, PermissionProfile } from '../../protocol/index.ts';
import { PermissionsError } from '../errors.ts';
import { absolutePath, canonicalFileSet, depthOf, type FileSetEntry } from '../policy/index.ts';
import type { ExtraPermissions, PermissionGrant } from './types.ts';

/** What is asked or answered, in whichever of its two forms; entries count where both are given. Throws PermissionsError. */
export function extraPermissions({ network, fileSystem }: PermissionProfile): ExtraPermissions {
  const { read, write, entries, globScanMaxDepth } = fileSystem ?? {};
  const given = entries?.map(({ path, access }): FileSetEntry => ({
    path,
    access: access === 'none' ? 'deny' : access,
  }));
  const all = given ?? [...named(read, 'read'), ...named(write, 'write')];
  if (all.some(({ path, access }) => path.type === 'glob_pattern' && access !== 'deny')) {
    throw new PermissionsError('glob file system permissions only support deny-read entries');
  }
  return {
    files: canonicalFileSet({ entries: all, ...depthOf(globScanMaxDepth ?? undefined) }),
    network: network?.enabled === true,
  };
}

const named = (
  paths: readonly string[] | null | undefined,
  access: 'read' | 'write',
): readonly FileSetEntry[] =>
  (paths ?? []).map((path) => ({ path: { type: 'path', path }, access }));

/** Whether nothing is asked for: to deny oneself something is no request, nor is a network that is to stay closed. */
export const asksNothing = ({ files, network }: ExtraPermissions): boolean =>
  !network && files.entries.every(({ access }) => access === 'deny');

/** What is asked, as clients see it, its relative names being those of the turn that asks. */
export function describeExtra(
  { files, network }: ExtraPermissions,
  cwd: string,
): PermissionProfile {
  const entries = files.entries.map(({ path, access }) => ({ path: shown(path, cwd), access }));
  return {
    network: network ? { enabled: true } : null,
    fileSystem: entries.length === 0 ? null : describeFiles(entries, files.globScanMaxDepth),
  };
}

/** What was granted, as clients would see it. */
export function describeGrant(grant: PermissionGrant | undefined): PermissionProfile {
  if (grant === undefined) return { network: null, fileSystem: null };
  const { entries, denyGlobs, globScanMaxDepth, network } = grant;
  const globs = denyGlobs.map((pattern): FileSetEntry => ({
    path: { type: 'glob_pattern', pattern },
    access: 'deny',
  }));
  const paths = entries.map(({ path, access }): FileSetEntry => ({
    path: { type: 'path', path },
    access,
  }));
  const all = [...paths, ...globs];
  return {
    network: network === 'enabled' ? { enabled: true } : null,
    fileSystem: all.length === 0 ? null : describeFiles(all, globScanMaxDepth),
  };
}

/** The older form is filled in as well where it says all there is to say. */
function describeFiles(
  entries: readonly FileSetEntry[],
  globScanMaxDepth: number | undefined,
): NonNullable<PermissionProfile['fileSystem']> {
  const paths = (access: 'read' | 'write'): string[] | null => {
    const found = entries.flatMap((entry) =>
      entry.access === access && entry.path.type === 'path' ? entry.path.path : [],
    );
    return found.length === 0 ? null : found;
  };
  const isSimple =
    globScanMaxDepth === undefined &&
    entries.every(({ path, access }) => path.type === 'path' && access !== 'deny');
  return {
    read: isSimple ? paths('read') : null,
    write: isSimple ? paths('write') : null,
    ...depthOf(globScanMaxDepth),
    entries: [...entries],
  };
}

function shown(path: FileSystemPath, cwd: string): FileSystemPath {
  if (path.type === 'path') return { type: 'path', path: absolutePath(path.path, cwd) };
  if (
    path.type !== 'special' ||
    !('subpath' in path.value || path.value.kind === 'project_roots')
  ) {
    return path.type === 'special' && path.value.kind === 'current_working_directory'
      ? { type: 'path', path: cwd }
      : path;
  }
  const { value } = path;
  const subpath = ('subpath' in value ? value.subpath : undefined) ?? null;
  // What only older clients know is told by its name.
  if (value.kind === 'current_working_directory') {
    return { type: 'path', path: absolutePath(subpath ?? '.', cwd) };
  }
  return { type: 'special', value: { ...value, subpath } };
}
