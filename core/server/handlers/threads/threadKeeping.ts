import { invalidRequest } from '../../../rpc/index.ts';
import { describeRow, type LoadedThread } from '../../threads/index.ts';
import type { Services } from '../../services.ts';
import type { Handlers } from '../handler.ts';
import { refuse } from './opening.ts';
import { checkId } from '../params.ts';

type ThreadKeepingHandlers = Pick<
  Handlers,
  'thread/archive' | 'thread/unarchive' | 'thread/delete' | 'thread/name/set'
>;

/** Putting threads away, taking them back, removing and naming them (app-server §5). */
export function threadKeepingHandlers(services: Services): ThreadKeepingHandlers {
  const { threads, store, recordings, subscriptions } = services;
  const { version } = services.options;

  /** Resolves when the name is on the disk, to what tells clients of it. */
  const rename = async (
    threadId: string,
    name: string,
    loaded: LoadedThread | undefined,
  ): Promise<() => void> => {
    if (loaded !== undefined) {
      if (loaded.journal === undefined) {
        throw invalidRequest(`ephemeral thread does not support metadata updates: ${threadId}`);
      }
      const announce = loaded.thread.rename(name);
      await loaded.journal.flush();
      return announce;
    }
    const opened = await store.open(threadId).catch(refuse);
    if (opened === undefined) throw notFound(threadId);
    opened.journal.setName(name);
    await opened.journal.close();
    return () => {
      subscriptions.tell(threadId, 'thread/name/updated', { threadId, threadName: name });
    };
  };

  return {
    'thread/archive': async ({ threadId }) => {
      checkId(threadId);
      const loaded = threads.find(threadId);
      if (loaded !== undefined && loaded.journal === undefined) throw notFound(threadId);
      const wasUnused = isUnused(loaded);
      const wasArchived = await threads
        .takeOut(threadId, async () => store.archive(threadId))
        .catch(refuse);
      if (!wasArchived && !wasUnused) throw notFound(threadId);
      return {
        result: {},
        after: () => {
          subscriptions.tell(threadId, 'thread/archived', { threadId });
        },
      };
    },

    'thread/unarchive': async ({ threadId }) => {
      checkId(threadId);
      const row = await threads
        .whileStill(threadId, async () => store.unarchive(threadId))
        .catch(refuse);
      if (row === undefined) {
        throw invalidRequest(`no archived rollout found for thread id ${threadId}`);
      }
      return {
        result: { thread: describeRow(row, undefined, version) },
        after: () => {
          subscriptions.tell(threadId, 'thread/unarchived', { threadId });
        },
      };
    },

    'thread/delete': async ({ threadId }) => {
      checkId(threadId);
      const loaded = threads.find(threadId);
      if (loaded !== undefined && loaded.journal === undefined) {
        throw invalidRequest(`thread is not persisted and cannot be deleted: ${threadId}`);
      }
      const wasUnused = isUnused(loaded);
      const wasDeleted = await threads
        .takeOut(threadId, async () => {
          // First, so that a crash in between leaves a thread that can be deleted again, and no sound without one.
          await recordings.delete(threadId);
          return store.delete(threadId);
        })
        .catch(refuse);
      if (!wasDeleted && !wasUnused) throw notFound(threadId);
      return {
        result: {},
        after: () => {
          subscriptions.tell(threadId, 'thread/deleted', { threadId });
        },
      };
    },

    'thread/name/set': async ({ threadId, name: asked }) => {
      checkId(threadId);
      const name = asked.trim();
      if (name === '') throw invalidRequest('thread name must not be empty');
      const announce = await threads.whileStill(threadId, async (loaded) =>
        rename(threadId, name, loaded),
      );
      return { result: {}, after: announce };
    },
  };
}

const notFound = (threadId: string): Error =>
  invalidRequest(`no rollout found for thread id ${threadId}`);

/** A thread that was never used has no file, and is gone with its place in memory. */
const isUnused = (loaded: LoadedThread | undefined): boolean =>
  loaded !== undefined && loaded.thread.conversation.length === 0;
