import {
  type PermissionRequest,
  type Permissions,
  PermissionsError,
  permissionsFor,
  startingPermissions,
} from '../../permissions/index.ts';
import { invalidRequest } from '../../rpc/index.ts';
import type { ResolvedConfig } from '../resolvedConfig.ts';
import type { Client } from '../subscriptions.ts';

/** What a thread begins with; its client is told what of it is not as asked. Refuses what cannot be. */
export function startPermissions(
  { config, requirements, warnings: known }: ResolvedConfig,
  asked: PermissionRequest,
  client: Pick<Client, 'notify'>,
): Permissions {
  const { permissions, warnings } = refused(() => startingPermissions(config, requirements, asked));
  const told = new Set(known.map(({ message }) => message));
  for (const summary of warnings) {
    if (!told.has(summary)) client.notify('configWarning', { summary, details: null });
  }
  return permissions;
}

/** The permissions there were, with what a request says over them; refuses what cannot be. */
export function requestedPermissions(before: Permissions, asked: PermissionRequest): Permissions {
  return refused(() => permissionsFor(before, asked));
}

function refused<Value>(decide: () => Value): Value {
  try {
    return decide();
  } catch (error) {
    if (error instanceof PermissionsError) throw invalidRequest(error.message);
    throw error;
  }
}
