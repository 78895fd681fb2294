import type { Thread } from '../../protocol/index.ts';
import type { StoredThread, ThreadStore } from '../../store/index.ts';
import {
  type Conversation,
  ConversationLog,
  latestSettings,
  recordsOfTheEnd,
} from '../../threads/index.ts';
import { describeLoaded, describeStored } from './describeThread.ts';
import type { ThreadRegistry } from './threadRegistry.ts';

/** What a thread that may not be in memory can be asked: how it is shown, and what happened in it. */
export type ReadableThread = {
  readonly thread: Thread;
  readonly conversation: Conversation;
};

/**
 * A thread to look at: as it is in memory, else as its file tells it; undefined when there is neither.
 * Nothing gets loaded.
 */
export async function readThread(
  threadId: string,
  from: {
    readonly threads: Pick<ThreadRegistry, 'find'>;
    readonly store: Pick<ThreadStore, 'read' | 'isInUse'>;
    readonly version: string;
  },
): Promise<ReadableThread | undefined> {
  const { threads, store, version } = from;
  const loaded = threads.find(threadId);
  if (loaded !== undefined) {
    return { thread: describeLoaded(loaded, version), conversation: loaded.thread.conversation };
  }
  const read = await readUnowned(threadId, store);
  if (read === undefined) return undefined;
  const { stored, log } = read;
  const conversation = log.timeline;
  const thread = describeStored(stored, version);
  const {
    model = thread.model,
    reasoningEffort = null,
    cwd = thread.cwd,
  } = latestSettings(stored.records) ?? {};
  return { thread: { ...thread, model, reasoningEffort, cwd }, conversation };
}

type StoredConversation = {
  readonly stored: StoredThread;
  readonly log: ConversationLog;
};

/**
 * What the file tells; what it leaves open is over unless a process that lives has gone on with the thread,
 * which writes the end of what it found before anything else.
 */
async function readUnowned(
  threadId: string,
  store: Pick<ThreadStore, 'read' | 'isInUse'>,
): Promise<StoredConversation | undefined> {
  const first = await readConversation(threadId, store);
  if (first === undefined || first.log.timeline.unfinishedTurns.length === 0) return first;
  if (store.isInUse(threadId)) return first;
  // Whoever had it may have brought it to its end in between.
  const last = await readConversation(threadId, store);
  const left = last === undefined ? [] : recordsOfTheEnd(last.log);
  for (const record of left) last?.log.apply(record);
  return last;
}

async function readConversation(
  threadId: string,
  store: Pick<ThreadStore, 'read'>,
): Promise<StoredConversation | undefined> {
  const stored = await store.read(threadId);
  if (stored === undefined) return undefined;
  const log = new ConversationLog();
  for (const record of stored.records) log.apply(record);
  return { stored, log };
}
