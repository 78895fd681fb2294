import { accessTo, RANK, type ResolvedPermissions } from '../access/index.ts';
import type { PermissionGrant } from './types.ts';

/** Whether a thread may do already all that a grant would allow. */
export const isCovered = (
  { files, network }: ResolvedPermissions,
  grant: PermissionGrant,
): boolean =>
  (grant.network === 'restricted' || network === 'enabled') &&
  grant.denyGlobs.length === 0 &&
  grant.entries.every(
    ({ path, access }) => access !== 'deny' && RANK[accessTo(files, path)] >= RANK[access],
  );
