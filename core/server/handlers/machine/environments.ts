import { pathToFileURL } from 'node:url';

import { userShell } from '../../../platform/index.ts';
import { invalidRequest } from '../../../rpc/index.ts';
import { LOCAL_ENVIRONMENT } from '../../../threads/index.ts';
import type { Services } from '../../services.ts';
import type { Handlers } from '../handler.ts';

type EnvironmentHandlers = Pick<Handlers, 'environment/info' | 'environment/status'>;

/** Where turns can work; there is this machine (app-server §6). */
export function environmentHandlers({ options }: Services): EnvironmentHandlers {
  return {
    'environment/info': ({ environmentId }) => {
      if (environmentId !== LOCAL_ENVIRONMENT) throw invalidRequest(unknown(environmentId));
      const cwd = pathToFileURL(options.cwd).href;
      return { result: { shell: userShell(options.env), cwd } };
    },

    'environment/status': ({ environmentId }) =>
      environmentId === LOCAL_ENVIRONMENT
        ? { result: { status: 'ready' } }
        : { result: { status: 'unknown', error: unknown(environmentId) } },
  };
}

const unknown = (environmentId: string): string => `unknown environment id \`${environmentId}\``;
