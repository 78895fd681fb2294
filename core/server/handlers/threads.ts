import type { ThreadResumeParams, TraceContext } from '../../protocol/index.ts';
import { invalidRequest } from '../../rpc/index.ts';
import {
  describeLoaded,
  describeOpened,
  describeRow,
  type LoadedThread,
} from '../threads/index.ts';
import type { Services } from '../services.ts';
import type { Client } from '../subscriptions.ts';
import type { Handlers } from './handler.ts';
import { refuse, threadConfigOf } from './opening.ts';
import { checkId, pageStart } from './params.ts';

type ThreadHandlers = Pick<
  Handlers,
  'thread/start' | 'thread/resume' | 'thread/list' | 'thread/loaded/list' | 'thread/unsubscribe'
>;

const LIST_LIMIT = 50;

/** Opening, reading and listing threads (app-server §5). */
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
    checkId(params.threadId);
    const known = threads.find(params.threadId);
    if (known !== undefined) return known;
    const threadConfig = await threadConfigOf(services, params, { client, trace });
    const loaded = await threads.resume(params.threadId, threadConfig).catch(refuse);
    if (loaded === undefined) {
      throw invalidRequest(`no rollout found for thread id ${params.threadId}`);
    }
    return loaded;
  };

  return {
    'thread/start': async (params, client, trace) => {
      const threadConfig = await threadConfigOf(services, params, { client, trace });
      const loaded = threads.create(threadConfig, {
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
      // What it is shown now it would else be told once more.
      await loaded.thread.settled();
      subscriptions.subscribe(loaded.thread.id, client);
      return {
        result: describeOpened(loaded, version, params.excludeTurns !== true),
        after: () => {
          const { id } = loaded.thread;
          const message = store.unsaved(id);
          if (message !== undefined) client.notify('warning', { threadId: id, message });
          requests.joined(id, client);
        },
      };
    },

    'thread/list': async (params) => {
      const { rows, nextCursor, backwardsCursor } = await store
        .list({
          limit: Math.min(params.limit ?? LIST_LIMIT, LIST_LIMIT),
          sortKey: params.sortKey === 'created_at' ? 'created_at' : 'updated_at',
          sortDirection: params.sortDirection ?? 'desc',
          ...(typeof params.cursor === 'string' ? { cursor: params.cursor } : {}),
          ...(typeof params.searchTerm === 'string' ? { searchTerm: params.searchTerm } : {}),
        })
        .catch(refuse);
      const data = rows.map((row) => describeRow(row, threads.find(row.id), version));
      return { result: { data, nextCursor, backwardsCursor } };
    },

    'thread/loaded/list': ({ cursor, limit }) => {
      const ids = threads.loadedIds;
      const from = pageStart(cursor);
      const until = from + Math.max(1, limit ?? ids.length);
      const nextCursor = until < ids.length ? String(until) : null;
      return { result: { data: ids.slice(from, until), nextCursor } };
    },

    'thread/unsubscribe': ({ threadId }, client) => {
      if (threads.find(threadId) === undefined) return { result: { status: 'notLoaded' } };
      const was = subscriptions.unsubscribe(threadId, client);
      return { result: { status: was ? 'unsubscribed' : 'notSubscribed' } };
    },
  };
}
