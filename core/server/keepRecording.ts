import type { WholeRecording } from '../recordings/index.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { ThreadRegistry } from './threadRegistry.ts';

/** A recording of a thread's conversation is whole, and from now on a part of the thread. */
export function keepRecording(
  { threadId, recordingId, ...facts }: WholeRecording,
  to: {
    readonly threads: Pick<ThreadRegistry, 'find'>;
    readonly subscriptions: Pick<Subscriptions, 'tell'>;
  },
): void {
  const loaded = to.threads.find(threadId);
  if (loaded === undefined) return;
  const realtimeSessionId = loaded.voice.lastSessionId ?? threadId;
  const item = { id: recordingId, realtimeSessionId, type: 'recording' as const, ...facts };
  loaded.thread.addRealtimeItem(item);
  to.subscriptions.tell(threadId, 'thread/realtime/item/started', { threadId, item });
  to.subscriptions.tell(threadId, 'thread/realtime/item/completed', { threadId, item });
}
