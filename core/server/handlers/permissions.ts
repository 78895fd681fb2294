import {
  type PermissionRequest,
  type Permissions,
  PermissionsError,
  permissionsFor,
} from '../../permissions/index.ts';
import { invalidRequest } from '../../rpc/index.ts';

/** The permissions there were, with what a request says over them; refuses what cannot be. */
export function requestedPermissions(before: Permissions, asked: PermissionRequest): Permissions {
  try {
    return permissionsFor(before, asked);
  } catch (error) {
    if (error instanceof PermissionsError) throw invalidRequest(error.message);
    throw error;
  }
}
