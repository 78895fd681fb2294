import { isAbsolute } from 'node:path';

import type { FileSystemPath, SandboxPolicy } from '../../protocol/index.ts';
import { canonicalNames, hasFullDiskWrite } from '../access/index.ts';
import { PermissionsError } from '../errors.ts';
import { canonicalFileSet } from './fileSet.ts';
import { absolutePath, placedFiles, type Places } from './places.ts';
import type { FileSetEntry, PermissionPolicy } from './types.ts';

const special = (kind: 'root' | 'project_roots' | 'tmpdir' | 'slash_tmp'): FileSystemPath => ({
  type: 'special',
  value: { kind },
});
const reads = (path: FileSystemPath): FileSetEntry => ({ path, access: 'read' });
const writes = (path: FileSystemPath): FileSetEntry => ({ path, access: 'write' });

/** What a policy in the older form means. Throws PermissionsError. */
export function policyOfSandbox(sandbox: SandboxPolicy): PermissionPolicy {
  switch (sandbox.type) {
    case 'dangerFullAccess':
      return { files: { kind: 'unrestricted' }, network: { enabled: true }, workspaceRoots: [] };
    case 'externalSandbox': {
      const enabled = sandbox.networkAccess === 'enabled';
      return { files: { kind: 'external' }, network: { enabled }, workspaceRoots: [] };
    }
    case 'readOnly':
      return restricted([reads(special('root'))], sandbox.networkAccess);
    case 'workspaceWrite': {
      const { writableRoots, excludeTmpdirEnvVar, excludeSlashTmp, networkAccess } = sandbox;
      const entries = [
        reads(special('root')),
        writes(special('project_roots')),
        ...(excludeTmpdirEnvVar ? [] : [writes(special('tmpdir'))]),
        ...(excludeSlashTmp ? [] : [writes(special('slash_tmp'))]),
        ...writableRoots.map((root) => writes({ type: 'path', path: checkedRoot(root) })),
      ];
      return restricted(entries, networkAccess);
    }
  }
}

function restricted(entries: readonly FileSetEntry[], enabled: boolean): PermissionPolicy {
  return {
    files: { kind: 'restricted', ...canonicalFileSet({ entries }) },
    network: { enabled },
    workspaceRoots: [],
  };
}

function checkedRoot(root: string): string {
  if (root !== '~' && !root.startsWith('~/') && !isAbsolute(root)) {
    throw new PermissionsError(`writable root \`${root}\` must be absolute or start with \`~/\``);
  }
  return absolutePath(root, '/');
}

/**
 * The nearest that the older form can say, for clients that know no other: that something may be written it says
 * always, where it cannot say what.
 */
export function sandboxOfPolicy(
  { files, network, workspaceRoots }: PermissionPolicy,
  turn: Pick<Places, 'cwd' | 'workspaceRoots'>,
): SandboxPolicy {
  const networkAccess = network.enabled;
  if (files.kind === 'unrestricted') return { type: 'dangerFullAccess' };
  const external: SandboxPolicy = {
    type: 'externalSandbox',
    networkAccess: networkAccess ? 'enabled' : 'restricted',
  };
  if (files.kind === 'external') return external;
  const roots = [...turn.workspaceRoots, ...workspaceRoots];
  const places = { cwd: turn.cwd, workspaceRoots: roots, hasSlashTmp: false };
  const placed = placedFiles(files, places);
  if (hasFullDiskWrite(placed)) return networkAccess ? { type: 'dangerFullAccess' } : external;
  const isWritten = (kind: 'tmpdir' | 'slash_tmp'): boolean =>
    files.entries.some(
      ({ path, access }) =>
        access === 'write' && path.type === 'special' && path.value.kind === kind,
    );
  const work = new Set(turn.workspaceRoots.map((root) => absolutePath(root, turn.cwd)));
  const written = placed.entries.flatMap(({ path, access }) => (access === 'write' ? path : []));
  const hasTmp = isWritten('tmpdir') || isWritten('slash_tmp');
  if (written.length === 0 && !hasTmp) return { type: 'readOnly', networkAccess };
  return {
    type: 'workspaceWrite',
    writableRoots: [...canonicalNames(written.filter((path) => !work.has(path)))],
    networkAccess,
    excludeTmpdirEnvVar: !isWritten('tmpdir'),
    excludeSlashTmp: !isWritten('slash_tmp'),
  };
}
