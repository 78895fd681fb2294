import {
  canonicalEntries,
  canonicalNames,
  type FileEntry,
  narrowest,
  RANK,
  type ResolvedPermissions,
  type RestrictedFiles,
} from '../access/index.ts';
import { depthOf, unitedDepth } from '../policy/index.ts';
import type { PermissionGrant } from './types.ts';

/**
 * What is in force once something more was granted. What is denied stays denied, whatever is granted below it, and
 * nothing that was open is less so, but for what the grant itself denies (permissions §4).
 */
export function mergePermissions(
  { files, network }: ResolvedPermissions,
  grant: PermissionGrant,
): ResolvedPermissions {
  return {
    files: files.kind === 'restricted' ? mergeFiles(files, grant) : files,
    network: grant.network === 'enabled' ? 'enabled' : network,
  };
}

function mergeFiles(files: RestrictedFiles, grant: PermissionGrant): RestrictedFiles {
  const depth = unitedDepth(depthFacts(files), depthFacts(grant));
  return {
    kind: 'restricted',
    entries: canonicalEntries([
      ...files.entries,
      ...grant.entries.flatMap((entry) => besides(files, entry)),
    ]),
    denyGlobs: canonicalNames([...files.denyGlobs, ...grant.denyGlobs]),
    ...depthOf(depth),
    protectedPaths: files.protectedPaths,
  };
}

/** The granted entry as it stands beside what there was. */
function besides({ entries }: RestrictedFiles, entry: FileEntry): readonly FileEntry[] {
  const before = narrowest(entries, entry.path)?.access;
  if (entry.access === 'deny' || before === undefined) return [entry];
  if (before === 'deny') return [];
  // It may be open by more already, which needs no consent that could have gone stale.
  return RANK[before] >= RANK[entry.access] ? [{ path: entry.path, access: before }] : [entry];
}

const depthFacts = ({
  denyGlobs,
  globScanMaxDepth,
}: Pick<RestrictedFiles, 'denyGlobs' | 'globScanMaxDepth'>) => ({
  hasGlobs: denyGlobs.length > 0,
  depth: globScanMaxDepth,
});
