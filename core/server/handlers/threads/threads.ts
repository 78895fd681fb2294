import type { ThreadResumeParams, TraceContext } from '../../../protocol/index.ts';
import { invalidRequest } from '../../../rpc/index.ts';
import { checkDynamicTools } from '../../../tools/index.ts';
import {
  describeLoaded,
  describeOpened,
  describeResumed,
  type LoadedThread,
  type ThreadConfig,
} from '../../threads/index.ts';
import type { Services } from '../../services.ts';
import type { Client } from '../../subscriptions.ts';
import type { Handlers } from '../handler.ts';
import { turnsPage } from './history.ts';
import { refuse, threadConfigOf, threadIdAsked } from './opening.ts';
import { page } from '../params.ts';
import { isGiven, resumeChanges } from './settingChanges.ts';

type ThreadHandlers = Pick<
  Handlers,
  'thread/start' | 'thread/resume' | 'thread/loaded/list' | 'thread/unsubscribe'
>;

/** Opening and reading threads (app-server §5). */
export function threadHandlers(services: Services): ThreadHandlers {
  const { threads, subscriptions, store, requests } = services;
  const { version } = services.options;

  const announce = (loaded: LoadedThread): void => {
    const thread = describeLoaded(loaded, version);
    subscriptions.tell(thread.id, 'thread/started', { thread });
  };

  const resume = async (
    params: ThreadResumeParams,
    client: Client,
    trace: TraceContext | undefined,
  ): Promise<LoadedThread> => {
    const threadId = threadIdAsked(params);
    if (isGiven(params.history)) {
      throw invalidRequest('`history` is not taken: a thread goes on with its own');
    }
    const asked = hasOverrides(params);
    const known = threads.find(threadId);
    // A client that only joins is let in whatever the settings file says by now.
    if (known !== undefined && !asked) return known;
    const threadConfig = await threadConfigOf(services, params, { client, trace });
    const loading = threads.find(threadId) === undefined;
    const loaded = await threads.resume(threadId, threadConfig).catch(refuse);
    if (loaded === undefined) throw invalidRequest(`no rollout found for thread id ${threadId}`);
    if (!loading && asked) applyOverrides(loaded, params, threadConfig, client);
    return loaded;
  };

  return {
    'thread/start': async (params, client, trace) => {
      const dynamicTools = params.dynamicTools ?? [];
      try {
        checkDynamicTools(dynamicTools);
      } catch (error) {
        refuse(error);
      }
      const threadConfig = await threadConfigOf(services, params, { client, trace });
      const loaded = threads.create(threadConfig, {
        dynamicTools,
        ephemeral: params.ephemeral ?? false,
        threadSource: params.threadSource ?? null,
        sessionStartSource: params.sessionStartSource === 'clear' ? 'clear' : null,
      });
      subscriptions.subscribe(loaded.thread.id, client);
      return {
        result: describeOpened(loaded, version, false),
        after: () => {
          announce(loaded);
        },
      };
    },

    'thread/resume': async (params, client, trace) => {
      const loaded = await resume(params, client, trace);
      const { initialTurnsPage } = params;
      // What it is shown now it would else be told once more.
      await loaded.thread.settled();
      subscriptions.subscribe(loaded.thread.id, client);
      return {
        result: describeResumed(loaded, version, {
          withTurns: params.excludeTurns !== true,
          page: isGiven(initialTurnsPage)
            ? turnsPage(loaded.thread.conversation, initialTurnsPage)
            : undefined,
        }),
        after: () => {
          const { id } = loaded.thread;
          const message = store.unsaved(id);
          if (message !== undefined) client.notify('warning', { threadId: id, message });
          requests.joined(id, client);
        },
      };
    },

    'thread/loaded/list': ({ cursor, limit }) => ({
      result: page(threads.loadedIds, cursor, limit),
    }),

    'thread/unsubscribe': ({ threadId }, client) => {
      if (threads.find(threadId) === undefined) return { result: { status: 'notLoaded' } };
      const was = subscriptions.unsubscribe(threadId, client);
      return { result: { status: was ? 'unsubscribed' : 'notSubscribed' } };
    },
  };
}

/** Whether resuming says more than which thread, and how much of it is to be shown. */
function hasOverrides({
  threadId: _id,
  path: _path,
  excludeTurns: _turns,
  initialTurnsPage: _page,
  ...overrides
}: ThreadResumeParams): boolean {
  return overrides.serviceTier !== undefined || Object.values(overrides).some(isGiven);
}

/** What resuming says of a thread that was loaded already; its provider alone stays as it is. */
function applyOverrides(
  { thread }: LoadedThread,
  params: ThreadResumeParams,
  config: ThreadConfig,
  client: Client,
): void {
  thread.changeSettings(resumeChanges(params, config, thread.settings));
  const { modelProvider } = thread.settings;
  if (!isGiven(params.modelProvider) || params.modelProvider === modelProvider) return;
  client.notify('warning', {
    threadId: thread.id,
    message: `This thread is open and goes on with its provider ${modelProvider}; it changes to ${params.modelProvider} when it is resumed after everybody has left it.`,
  });
}
