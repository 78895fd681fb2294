import type { Thread } from '../protocol/index.ts';
import { ConversationLog, latestSettings, type LiveThread, readRecords } from '../threads/index.ts';
import type { ThreadStore } from '../store/index.ts';
import { describeLoaded, describeStored } from './describeThread.ts';
import type { ThreadRegistry } from './threadRegistry.ts';

/** What a thread that may not be in memory can be asked: how it is shown, and what happened in it. */
export type ReadableThread = {
  readonly thread: Thread;
  readonly conversation: Pick<LiveThread, 'turns' | 'timeline' | 'realtimeSessionAt'>;
};

/**
 * A thread to look at: as it is in memory, else as its file tells it; undefined when there is neither.
 * Nothing gets loaded.
 */
export async function readThread(
  threadId: string,
  from: {
    readonly threads: Pick<ThreadRegistry, 'find'>;
    readonly store: Pick<ThreadStore, 'read'>;
    readonly version: string;
  },
): Promise<ReadableThread | undefined> {
  const { threads, store, version } = from;
  const loaded = threads.find(threadId);
  if (loaded !== undefined) {
    return { thread: describeLoaded(loaded, version), conversation: loaded.thread };
  }
  const stored = await store.read(threadId);
  if (stored === undefined) return undefined;
  const known = readRecords(stored.records);
  const conversation = new ConversationLog();
  for (const record of known) conversation.apply(record);
  const thread = describeStored(stored, version);
  const { model = thread.model, reasoningEffort = null } = latestSettings(known) ?? {};
  return { thread: { ...thread, model, reasoningEffort }, conversation };
}
