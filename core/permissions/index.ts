export { PermissionsError } from './errors.ts';
export {
  configuredPermissions,
  DEFAULT_PERMISSIONS,
  type DescribedPermissions,
  describePermissions,
  type PermissionRequest,
  type Permissions,
  permissionsFor,
} from './permissions.ts';
export { listProfiles } from './profiles.ts';
