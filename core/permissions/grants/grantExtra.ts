import type { ThreadEnvironment } from '../../protocol/index.ts';
import { placesOf, type TurnMachine } from '../policy/index.ts';
import { bindGrant } from './bindGrant.ts';
import { intersectPermissions } from './intersect.ts';
import { realPathOf } from './realPath.ts';
import type { ExtraPermissions, PermissionGrant } from './types.ts';

/** What counts of an answer to a turn that works there, tied to the folders as they are now; `shown` is it by the names that were asked. */
export function grantExtra(
  asked: ExtraPermissions,
  answered: ExtraPermissions,
  turn: { readonly environment: ThreadEnvironment; readonly machine: TurnMachine },
): { readonly grant: PermissionGrant; readonly shown: PermissionGrant } | undefined {
  const places = placesOf(turn.environment, turn.machine);
  const shown = intersectPermissions(asked, answered, places);
  return shown === undefined ? undefined : { grant: bindGrant(shown, realPathOf), shown };
}
