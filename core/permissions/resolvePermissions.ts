import { join, resolve } from 'node:path';

import type { SandboxPolicy, ThreadEnvironment } from '../protocol/index.ts';
import {
  canonicalEntries,
  canonicalNames,
  type FileEntry,
  narrowest,
  type ResolvedPermissions,
} from './access/index.ts';
import type { Permissions } from './permissions.ts';

/** What of this machine permissions depend on. */
export type PermissionsMachine = {
  /** `$TMPDIR`, where it is set and not empty. */
  readonly tmpdir?: string;
  readonly hasSlashTmp: boolean;
  /** Parley's own folder, which holds keys: closed unless a profile names it. */
  readonly home: string;
};

/** Names below a place that may be written that are never written: they decide what other programs do later. */
const PROTECTED_NAMES = ['.agents', '.aws', '.codex', '.git', '.parley'];

/** The permissions of a thread for a turn that works in `environment`. */
export function resolvePermissions(
  { sandboxPolicy }: Permissions,
  environment: ThreadEnvironment,
  machine: PermissionsMachine,
): ResolvedPermissions {
  switch (sandboxPolicy.type) {
    case 'dangerFullAccess':
      return { files: { kind: 'unrestricted' }, network: 'enabled' };
    case 'externalSandbox':
      return { files: { kind: 'external' }, network: sandboxPolicy.networkAccess };
    case 'readOnly':
    case 'workspaceWrite': {
      const entries = canonicalEntries([
        { path: resolve('/'), access: 'read' },
        ...writableRootsOf(sandboxPolicy, environment, machine).map((path): FileEntry => ({
          path,
          access: 'write',
        })),
        { path: machine.home, access: 'deny' },
      ]);
      return {
        files: {
          kind: 'restricted',
          entries,
          denyGlobs: [],
          protectedPaths: protectedPathsOf(entries),
        },
        network: sandboxPolicy.networkAccess ? 'enabled' : 'restricted',
      };
    }
  }
}

function writableRootsOf(
  policy: Extract<SandboxPolicy, { readonly type: 'readOnly' | 'workspaceWrite' }>,
  { cwd, runtimeWorkspaceRoots }: ThreadEnvironment,
  { tmpdir, hasSlashTmp }: PermissionsMachine,
): readonly string[] {
  if (policy.type === 'readOnly') return [];
  return [
    ...runtimeWorkspaceRoots.map((root) => resolve(cwd, root)),
    ...policy.writableRoots.map((root) => resolve(cwd, root)),
    ...(tmpdir === undefined || policy.excludeTmpdirEnvVar ? [] : [resolve(cwd, tmpdir)]),
    ...(hasSlashTmp && !policy.excludeSlashTmp ? ['/tmp'] : []),
  ];
}

function protectedPathsOf(entries: readonly FileEntry[]): readonly string[] {
  const writable = entries.filter(
    ({ path, access }) => access === 'write' && narrowest(entries, path)?.access === 'write',
  );
  return canonicalNames(
    writable.flatMap(({ path }) => PROTECTED_NAMES.map((name) => join(path, name))),
  );
}
