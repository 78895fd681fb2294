export { type AllowedPermissions, policyOf, reviewerOf } from './allowed.ts';
export { PermissionsError } from './errors.ts';
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
