import {
  canonicalEntries,
  canonicalNames,
  type FileEntry,
  narrowest,
  type ResolvedPermissions,
  type RestrictedFiles,
} from './access/index.ts';

/** What people allowed beyond what a thread may do; absolute, as all that is in force. */
export type PermissionGrant = {
  readonly entries: readonly FileEntry[];
  readonly denyGlobs: readonly string[];
  readonly globScanMaxDepth?: number;
  readonly network: ResolvedPermissions['network'];
};

type Globs = Pick<RestrictedFiles, 'denyGlobs' | 'globScanMaxDepth'>;

/** What is in force once something more was granted. What is denied stays denied, whatever is granted below it. */
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
  const granted = grant.entries.filter(
    ({ path, access }) => access === 'deny' || narrowest(files.entries, path)?.access !== 'deny',
  );
  return {
    kind: 'restricted',
    entries: canonicalEntries([...files.entries, ...granted]),
    denyGlobs: canonicalNames([...files.denyGlobs, ...grant.denyGlobs]),
    ...mergedDepth(files, grant),
    protectedPaths: files.protectedPaths,
  };
}

/** Patterns that are looked for without an end are looked for so in company, too. */
function mergedDepth(one: Globs, other: Globs): Pick<RestrictedFiles, 'globScanMaxDepth'> {
  const depths = [one, other]
    .filter(({ denyGlobs }) => denyGlobs.length > 0)
    .map(({ globScanMaxDepth = Infinity }) => globScanMaxDepth);
  const deepest = Math.max(...depths);
  return Number.isFinite(deepest) ? { globScanMaxDepth: deepest } : {};
}
