import { isAbsolute, resolve } from 'node:path';

import { ProductError } from '../base/index.ts';
import type { ThreadEnvironment, TurnEnvironmentParams } from '../protocol/index.ts';

/** The only environment there is: this machine. */
export const LOCAL_ENVIRONMENT = 'local';

/** What a thread works in unless it is told otherwise: a folder of this machine. */
export function localEnvironments(
  cwd: string,
  runtimeWorkspaceRoots: readonly string[] = [cwd],
): readonly ThreadEnvironment[] {
  const roots = [...runtimeWorkspaceRoots];
  return [{ environmentId: LOCAL_ENVIRONMENT, cwd, runtimeWorkspaceRoots: roots }];
}

/**
 * Environments as a request names them, the first of which is the one to work in; none is a choice as well. A
 * folder that is not absolute is below `base`. Throws for one that there is not.
 */
export function selectedEnvironments(
  asked: readonly TurnEnvironmentParams[],
  base: string,
): readonly ThreadEnvironment[] {
  return asked.flatMap(({ environmentId, cwd, runtimeWorkspaceRoots }) => {
    if (environmentId !== LOCAL_ENVIRONMENT) throw new UnknownEnvironmentError(environmentId);
    const folder = isAbsolute(cwd) ? cwd : resolve(base, cwd);
    return localEnvironments(folder, runtimeWorkspaceRoots ?? [folder]);
  });
}

class UnknownEnvironmentError extends ProductError {
  readonly code = 'unknownEnvironment';
  readonly retryable = false;

  constructor(environmentId: string) {
    super(`unknown turn environment id \`${environmentId}\``);
  }
}
