import { unitedFileSets } from './fileSet.ts';
import type { PermissionPolicy } from './types.ts';

/** A policy in place of another, whose denials and depth hold on: a mode says what is open, not what is closed. */
export function withDenialsOf(
  policy: PermissionPolicy,
  before: PermissionPolicy,
): PermissionPolicy {
  if (policy.files.kind !== 'restricted' || before.files.kind !== 'restricted') return policy;
  const { globScanMaxDepth } = before.files;
  const denials = {
    entries: before.files.entries.filter(({ access }) => access === 'deny'),
    ...(globScanMaxDepth !== undefined && { globScanMaxDepth }),
  };
  return {
    ...policy,
    files: { kind: 'restricted', ...unitedFileSets(policy.files, denials) },
  };
}
