import {
  asksNothing,
  describeExtra,
  describeGrant,
  extraPermissions,
  grantExtra,
  isCovered,
  type PermissionGrant,
  type PermissionsMachine,
} from '../../permissions/index.ts';
import type { AskForApproval } from '../../protocol/index.ts';
import type { ToolContext } from '../contract.ts';
import type { PermissionsAsked } from './arguments.ts';

const CLOSED = 'Some of it stays closed, because the settings deny it.';

/** Asks, and lets what was given count from now on. */
export async function askForPermissions(
  { permissions, reason, environment_id: environmentId }: PermissionsAsked,
  context: ToolContext,
  machine: PermissionsMachine,
): Promise<string> {
  const { environment } = context;
  if (environment === undefined) throw new Error('this turn works nowhere');
  if (environmentId !== undefined && environmentId !== environment.environmentId) {
    throw new Error(`there is no environment ${environmentId}`);
  }
  const { read, write, entries, glob_scan_max_depth: depth } = permissions.file_system ?? {};
  const asked = extraPermissions({
    network: permissions.network,
    fileSystem: { read, write, entries, globScanMaxDepth: depth },
  });
  if (asksNothing(asked)) {
    // A network that is to stay closed is nothing to bother anybody with.
    if (permissions.network?.enabled === false) return outputOf(undefined, 'turn');
    return 'request_permissions requires at least one permission';
  }
  if (!mayAsk(context.approvalPolicy)) return outputOf(undefined, 'turn');
  const outcome = await context.requestApproval({
    kind: 'permissions',
    params: {
      environmentId: environment.environmentId,
      cwd: environment.cwd,
      reason: reason ?? null,
      permissions: describeExtra(asked, environment.cwd),
    },
  });
  context.signal.throwIfAborted();
  if (outcome.type === 'refused') return outputOf(undefined, 'turn', outcome.words);
  const { permissions: answer, scope } = outcome.response;
  const granted = grantExtra(asked, extraPermissions(answer), { environment, machine });
  if (granted === undefined) return outputOf(undefined, scope);
  context.grant(granted.grant, scope);
  const isInForce = isCovered(context.permissions(), granted.shown);
  return outputOf(granted.shown, scope, isInForce ? undefined : CLOSED);
}

/** Whether people may be asked at all. */
const mayAsk = (policy: AskForApproval): boolean =>
  typeof policy === 'string' ? policy !== 'never' : policy.granular.request_permissions;

function outputOf(
  granted: PermissionGrant | undefined,
  scope: 'turn' | 'session',
  message?: string,
): string {
  const { network, fileSystem } = describeGrant(granted);
  return JSON.stringify({
    permissions: { network, file_system: fileSystem && fileSystemOf(fileSystem) },
    scope,
    ...(message !== undefined && { message }),
  });
}

type FileSystem = NonNullable<ReturnType<typeof describeGrant>['fileSystem']>;

/** The lists where they say all there is to say, as the model asks. */
function fileSystemOf({ read, write, entries, globScanMaxDepth }: FileSystem): object {
  const lists = { ...(read && { read }), ...(write && { write }) };
  if (Object.keys(lists).length > 0) return lists;
  return {
    entries,
    ...(globScanMaxDepth !== undefined && { glob_scan_max_depth: globScanMaxDepth }),
  };
}
