import type { SortDirection, Turn, TurnsPageOptions } from '../../../protocol/index.ts';
import { invalidRequest } from '../../../rpc/index.ts';
import type { Conversation } from '../../../threads/index.ts';
import type { Services } from '../../services.ts';
import type { Handlers } from '../handler.ts';
import { readableThread, unsupported } from './opening.ts';
import { readThread } from '../../threads/index.ts';
import { checkId, sizeOf } from '../params.ts';
import { asPeerSaysIt, timelinePage } from './timelinePage.ts';
import { voicePage } from './voicePage.ts';

type HistoryHandlers = Pick<
  Handlers,
  | 'thread/read'
  | 'thread/turns/list'
  | 'thread/items/list'
  | 'thread/timeline/list'
  | 'thread/realtime/list'
>;

const TURNS_LIMIT = 50;
const ITEMS_LIMIT = 200;

/** Reading what happened in threads, whole and in pages, loaded or not (app-server §5). */
export function historyHandlers(services: Services): HistoryHandlers {
  const { threads, store } = services;
  const { version } = services.options;
  return {
    'thread/read': async ({ threadId, includeTurns }) => {
      const { thread, conversation } = await readableThread(services, threadId);
      const turns = includeTurns === true ? [...conversation.turns()] : [];
      return { result: { thread: { ...thread, turns }, readState: null } };
    },

    'thread/turns/list': async ({ threadId, cursor, ...options }) => {
      const { thread, conversation } = await readableThread(services, threadId);
      if (thread.ephemeral) {
        throw invalidRequest('ephemeral threads do not support thread/turns/list');
      }
      if (conversation.length === 0) throw unmaterialized(threadId);
      return { result: turnsPage(conversation, options, cursor ?? undefined) };
    },

    'thread/items/list': async ({ threadId, turnId, cursor, limit, sortDirection }) => {
      const { thread, conversation } = await readableThread(services, threadId).catch(
        unsupported('thread/items/list'),
      );
      if (thread.ephemeral || conversation.length === 0) unsupported('thread/items/list')();
      const page = conversation.itemsPage(turnId ?? undefined, {
        ...(typeof cursor === 'string' && { cursor }),
        ...(typeof cursor === 'object' &&
          cursor !== null && { behind: placeOf(conversation, turnId, cursor.itemId) }),
        limit: sizeOf(limit, ITEMS_LIMIT),
        direction: sortDirection ?? 'asc',
      });
      return { result: page };
    },

    'thread/timeline/list': async (params) => {
      const { conversation } = await readableThread(services, params.threadId);
      const { length, queuedTurns } = conversation;
      const { from, until, ...cursors } = timelinePage(params, length);
      return {
        result: {
          data: conversation.entries(from, until).map(asPeerSaysIt),
          ...cursors,
          activeRealtimeSessionAtPageStart: conversation.realtimeSessionAt(from) ?? null,
          ...(until >= length && queuedTurns.length > 0 && { queuedTurns: [...queuedTurns] }),
        },
      };
    },

    'thread/realtime/list': async (params) => {
      const { threadId } = params;
      checkId(threadId);
      const read = await readThread(threadId, { threads, store, version });
      return { result: voicePage(params, read?.conversation) };
    },
  };
}

/** A page of turns as a client asks for it, of a list or with a thread that it resumes. */
export function turnsPage(
  conversation: Conversation,
  { limit, sortDirection, itemsView }: TurnsPageOptions,
  cursor?: string,
): { data: Turn[]; nextCursor: string | null; backwardsCursor: string | null } {
  const direction: SortDirection = sortDirection ?? 'desc';
  return conversation.turnsPage(itemsView ?? 'summary', {
    cursor,
    limit: sizeOf(limit, TURNS_LIMIT),
    direction,
  });
}

function placeOf(
  conversation: Conversation,
  turnId: string | null | undefined,
  itemId: string,
): number {
  if (typeof turnId !== 'string' || turnId === '') {
    throw invalidRequest('an item as a cursor needs the turnId it belongs to');
  }
  const place = conversation.placeOfItem(turnId, itemId);
  if (place === undefined) throw invalidRequest(`item not found: ${itemId}`);
  return place;
}

const unmaterialized = (threadId: string): Error =>
  invalidRequest(
    `thread ${threadId} is not materialized yet; thread/turns/list is unavailable before first user message`,
  );
