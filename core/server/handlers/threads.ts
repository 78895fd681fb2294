import { isAbsolute, resolve } from 'node:path';

import { errorText, ProductError } from '../../base/index.ts';
import { ownerSettingIn } from '../../config/index.ts';
import { defaultModel } from '../../models/index.ts';
import { configuredPermissions } from '../../permissions/index.ts';
import {
  type ThreadResumeParams,
  type ThreadStartParams,
  type TraceContext,
} from '../../protocol/index.ts';
import { invalidRequest, RpcError } from '../../rpc/index.ts';
import {
  describeLoaded,
  describeOpened,
  describeRow,
  type ReadableThread,
  readThread,
  type ThreadConfig,
  threadSettings,
  type LoadedThread,
} from '../threads/index.ts';
import { BASE_INSTRUCTIONS } from '../instructions.ts';
import type { Services } from '../services.ts';
import type { Client } from '../subscriptions.ts';
import type { Handlers } from './handler.ts';
import { checkId, checkOwnerSetting, pageStart } from './params.ts';
import { requestedPermissions } from './permissions.ts';

type ThreadHandlers = Pick<
  Handlers,
  | 'thread/start'
  | 'thread/resume'
  | 'thread/read'
  | 'thread/list'
  | 'thread/loaded/list'
  | 'thread/unsubscribe'
  | 'thread/timeline/list'
>;

const LIST_LIMIT = 50;
const TIMELINE_LIMIT = 500;

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

  const readable = async (threadId: string): Promise<ReadableThread> => {
    checkId(threadId);
    const found = await readThread(threadId, { threads, store, version });
    if (found === undefined) throw invalidRequest(`thread not loaded: ${threadId}`);
    return found;
  };

  return {
    'thread/start': async (params, client, trace) => {
      const threadConfig = await threadConfigOf(services, params, { client, trace });
      const loaded = threads.create(
        threadConfig,
        params.ephemeral ?? false,
        params.threadSource ?? null,
      );
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

    'thread/read': async ({ threadId, includeTurns }) => {
      const { thread, conversation } = await readable(threadId);
      const turns = includeTurns === true ? [...conversation.turns()] : [];
      return { result: { thread: { ...thread, turns } } };
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

    'thread/loaded/list': () => ({
      result: { data: [...threads.loadedIds], nextCursor: null },
    }),

    'thread/unsubscribe': ({ threadId }, client) => {
      if (threads.find(threadId) === undefined) return { result: { status: 'notLoaded' } };
      const was = subscriptions.unsubscribe(threadId, client);
      return { result: { status: was ? 'unsubscribed' : 'notSubscribed' } };
    },

    'thread/timeline/list': async ({ threadId, cursor, limit, fromEnd }) => {
      const { conversation } = await readable(threadId);
      const { timeline } = conversation;
      const size = Math.min(limit ?? TIMELINE_LIMIT, TIMELINE_LIMIT);
      const newest = fromEnd === true && typeof cursor !== 'string';
      const from = newest ? Math.max(0, timeline.length - size) : pageStart(cursor);
      const until = from + size;
      return {
        result: {
          data: timeline.slice(from, until),
          nextCursor: until < timeline.length ? String(until) : null,
          backwardsCursor: from > 0 ? String(Math.max(0, from - TIMELINE_LIMIT)) : null,
          activeRealtimeSessionAtPageStart: conversation.realtimeSessionAt(from) ?? null,
          ...(until >= timeline.length &&
            conversation.queuedTurns.length > 0 && { queuedTurns: [...conversation.queuedTurns] }),
        },
      };
    },
  };
}

/** What the store says on purpose, a client is told in its words. */
function refuse(error: unknown): never {
  throw error instanceof ProductError ? invalidRequest(error.message) : error;
}

type ThreadRequest = Omit<ThreadStartParams, 'ephemeral' | 'threadSource'>;

async function threadConfigOf(
  services: Services,
  params: ThreadRequest,
  { client, trace }: { readonly client: Client; readonly trace: TraceContext | undefined },
): Promise<ThreadConfig> {
  try {
    checkOwnerSetting(client, ownerSettingIn(params.config ?? {}));
    const resolved = await services.resolveConfig({
      ...params.config,
      ...(typeof params.modelProvider === 'string' ? { model_provider: params.modelProvider } : {}),
    });
    const { config, provider } = resolved;
    const catalogue = await services.providers.catalogues.prepare(provider);
    const base = services.options.cwd;
    const cwd = params.cwd ?? base;
    const values = {
      cwd: isAbsolute(cwd) ? cwd : resolve(base, cwd),
      model: params.model ?? config.model ?? defaultModel(provider.kind),
      modelProvider: provider.id,
      instructions: params.baseInstructions ?? BASE_INSTRUCTIONS,
    };
    return {
      config,
      provider,
      catalogue,
      asked: { model: typeof params.model === 'string', cwd: typeof params.cwd === 'string' },
      originator: client.clientName,
      userAgent: client.userAgent,
      trace,
      settings: threadSettings(values, resolved, catalogue, {
        developerInstructions: params.developerInstructions ?? undefined,
        serviceTier: params.serviceTier,
        permissions: requestedPermissions(configuredPermissions(config), params),
      }),
    };
  } catch (error) {
    if (!(error instanceof ProductError) || error instanceof RpcError) throw error;
    throw invalidRequest(`failed to load configuration: ${errorText(error)}`);
  }
}
