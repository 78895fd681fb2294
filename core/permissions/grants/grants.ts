import type { ResolvedPermissions } from '../access/index.ts';
import { mergePermissions } from './mergePermissions.ts';
import type { PermissionGrant } from './types.ts';

export type GrantScope = 'turn' | 'session';

/** What was granted to a thread for as long as it is loaded. */
export class SessionGrants {
  readonly #granted: PermissionGrant[] = [];

  /** For a turn that begins: what it is granted for itself ends with it. */
  forTurn(): TurnGrants {
    return new TurnGrants(this.#granted);
  }
}

/** What one turn was granted, the thread's grants included. */
export class TurnGrants {
  readonly #session: PermissionGrant[];
  readonly #own: PermissionGrant[] = [];

  constructor(session: PermissionGrant[]) {
    this.#session = session;
  }

  add(grant: PermissionGrant, scope: GrantScope): void {
    (scope === 'session' ? this.#session : this.#own).push(grant);
  }

  /** What is in force over what the thread may do by itself. */
  over(base: ResolvedPermissions): ResolvedPermissions {
    return [...this.#session, ...this.#own].reduce(mergePermissions, base);
  }
}
