import { join, resolve } from 'node:path';

import type { ThreadEnvironment } from '../protocol/index.ts';
import {
  canonicalEntries,
  canonicalNames,
  type FileEntry,
  narrowest,
  type ResolvedPermissions,
} from './access/index.ts';
import type { Permissions } from './permissions.ts';
import { isByHost, placedFiles, placesOf, type TurnMachine } from './policy/index.ts';

/** What of this machine permissions depend on. */
export type PermissionsMachine = TurnMachine & {
  /** Parley's own folder, which holds keys: closed unless a profile names it. */
  readonly home: string;
  /** Where the history of a work folder is kept that has a pointer to it in place of a `.git` folder. */
  readonly gitFolderOf?: (folder: string) => string | undefined;
};

/** Names below a place that may be written that are never written: they decide what other programs do later. */
const PROTECTED_NAMES = ['.agents', '.aws', '.codex', '.git', '.parley'];

/** The permissions of a thread for a turn that works in `environment`. */
export function resolvePermissions(
  { policy }: Pick<Permissions, 'policy'>,
  environment: ThreadEnvironment,
  machine: PermissionsMachine,
): ResolvedPermissions {
  const { files } = policy;
  const network = policy.network.enabled && !isByHost(policy.network) ? 'enabled' : 'restricted';
  if (files.kind !== 'restricted') return { files, network };
  const placed = placedFiles(files, placesOf(environment, machine, policy.workspaceRoots));
  const home = resolve(machine.home);
  const isHomeNamed = placed.entries.some(({ path }) => path === home);
  const entries = isHomeNamed
    ? placed.entries
    : canonicalEntries([...placed.entries, { path: home, access: 'deny' }]);
  return {
    files: {
      ...placed,
      kind: 'restricted',
      entries,
      protectedPaths: protectedPathsOf(entries, machine),
    },
    network,
  };
}

function protectedPathsOf(
  entries: readonly FileEntry[],
  { gitFolderOf }: PermissionsMachine,
): readonly string[] {
  const roots = entries.flatMap(({ path, access }) =>
    access === 'write' && narrowest(entries, path)?.access === 'write' ? path : [],
  );
  const histories = roots.flatMap((root) => {
    const history = gitFolderOf?.(root);
    return history === undefined ? [] : resolve(root, history);
  });
  const names = roots.flatMap((root) => PROTECTED_NAMES.map((name) => join(root, name)));
  return canonicalNames([...names, ...histories]);
}
