import {
  type Access,
  accessTo,
  canonicalEntries,
  canonicalNames,
  type FileEntry,
  globFolder,
  isWithin,
  narrowest,
  RANK,
} from '../access/index.ts';
import {
  depthOf,
  type PlacedFiles,
  placedFiles,
  type Places,
  unitedDepth,
} from '../policy/index.ts';
import type { ExtraPermissions, PermissionGrant } from './types.ts';

/**
 * What of an answer counts: as much as was asked for, at the places of the turn that asked. A path that is broader or
 * more than that is dropped and not cut down. Undefined where nothing is left (permissions §4).
 */
export function intersectPermissions(
  asked: ExtraPermissions,
  answered: ExtraPermissions,
  places: Places,
): PermissionGrant | undefined {
  const request = placedFiles(asked.files, places);
  const answer = placedFiles(answered.files, places);
  const network = asked.network && answered.network ? 'enabled' : 'restricted';
  const requested = { ...request, kind: 'restricted', protectedPaths: [] } as const;
  const accepted = answer.entries.filter(
    ({ path, access }) => access !== 'deny' && RANK[accessTo(requested, path)] >= RANK[access],
  );
  if (accepted.length === 0 && network === 'restricted') return undefined;
  const isAccepted = (path: string): boolean =>
    accepted.some((entry) => isWithin(path, entry.path));
  const isNear = (path: string): boolean =>
    isAccepted(path) || accepted.some((entry) => isWithin(entry.path, path));
  const both = [...request.entries, ...answer.entries];
  // Below what counts, both sides may say less of some places; outside of it, what they deny is heeded all the same.
  const within = both.flatMap(({ path }) =>
    isAccepted(path) ? { path, access: lesserAt(path, request, answer) } : [],
  );
  const denials = both.filter(({ path, access }) => access === 'deny' && isNear(path));
  const globs = [request, answer].map(({ denyGlobs, globScanMaxDepth }) => ({
    denyGlobs: denyGlobs.filter((pattern) => isNear(globFolder(pattern))),
    globScanMaxDepth,
  }));
  const facts = globs.map(({ denyGlobs, globScanMaxDepth }) => ({
    hasGlobs: denyGlobs.length > 0,
    depth: globScanMaxDepth,
  }));
  return {
    entries: canonicalEntries([...within, ...denials]),
    denyGlobs: canonicalNames(globs.flatMap(({ denyGlobs }) => denyGlobs)),
    ...depthOf(unitedDepth(...facts)),
    network,
  };
}

/** What both sides allow there. */
function lesserAt(path: string, request: PlacedFiles, answer: PlacedFiles): Access {
  const ofBoth = [request, answer].map(
    ({ entries }): FileEntry['access'] => narrowest(entries, path)?.access ?? 'deny',
  );
  return ofBoth.reduce((one, other) => (RANK[one] <= RANK[other] ? one : other));
}
