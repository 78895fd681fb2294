import { invalidRequest } from '../../../rpc/index.ts';
import { describeLoaded, describeOpened } from '../../threads/index.ts';
import type { Services } from '../../services.ts';
import type { Handlers } from '../handler.ts';
import { refuse, threadConfigOf, threadIdAsked } from './opening.ts';
import { checkId } from '../params.ts';
import { isGiven } from './settingChanges.ts';

type ForkHandlers = Pick<Handlers, 'thread/fork' | 'thread/inject_items'>;

/** Histories that come from elsewhere: of another thread, or from the client (app-server §5). */
export function forkHandlers(services: Services): ForkHandlers {
  const { threads, subscriptions } = services;
  const { version } = services.options;

  return {
    'thread/fork': async (params, client, trace) => {
      const { lastTurnId, beforeTurnId } = params;
      const threadId = threadIdAsked(params);
      if (isGiven(lastTurnId) && isGiven(beforeTurnId)) {
        throw invalidRequest('`beforeTurnId` cannot be combined with `lastTurnId`');
      }
      const threadConfig = await threadConfigOf(services, params, { client, trace });
      const cut = {
        ...(isGiven(lastTurnId) && { lastTurnId }),
        ...(isGiven(beforeTurnId) && { beforeTurnId }),
      };
      const loaded = await threads
        .fork(threadId, cut, threadConfig, {
          ephemeral: params.ephemeral ?? false,
          threadSource: params.threadSource ?? null,
        })
        .catch(refuse);
      if (loaded === undefined) throw invalidRequest(`no rollout found for thread id ${threadId}`);
      const { id } = loaded.thread;
      subscriptions.subscribe(id, client);
      return {
        result: describeOpened(loaded, version, params.excludeTurns !== true),
        after: () => {
          subscriptions.tell(id, 'thread/started', { thread: describeLoaded(loaded, version) });
        },
      };
    },

    'thread/inject_items': ({ threadId, items }) => {
      checkId(threadId);
      const { thread } = threads.require(threadId);
      thread.inject(items);
      return { result: {} };
    },
  };
}
