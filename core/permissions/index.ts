export {
  type Access,
  accessTo,
  type FileEntry,
  type FileRules,
  matchesDenyGlob,
  type ResolvedPermissions,
  type RestrictedFiles,
} from './access/index.ts';
export { type AllowedPermissions, policyOf, reviewerOf } from './allowed.ts';
export { PermissionsError } from './errors.ts';
export {
  asksNothing,
  describeExtra,
  describeGrant,
  type ExtraPermissions,
  extraPermissions,
  type GrantScope,
  grantExtra,
  isCovered,
  mergePermissions,
  type PermissionGrant,
  SessionGrants,
  type TurnGrants,
} from './grants/index.ts';
export {
  configuredPermissions,
  DEFAULT_PERMISSIONS,
  type DescribedPermissions,
  describePermissions,
  type PermissionRequest,
  type Permissions,
  permissionsFor,
  type PermissionsWithin,
  startingPermissions,
} from './permissions.ts';
export { listProfiles } from './profiles.ts';
export { type PermissionsMachine, resolvePermissions } from './resolvePermissions.ts';
