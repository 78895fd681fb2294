import type { WholeRecording } from '../../recordings/index.ts';
import type { ThreadRegistry } from './threadRegistry.ts';

/** A recording of a thread's conversation is whole, and from now on a part of the thread. */
export function keepRecording(
  { threadId, recordingId, ...facts }: WholeRecording,
  threads: Pick<ThreadRegistry, 'find'>,
): void {
  const loaded = threads.find(threadId);
  if (loaded === undefined) return;
  const realtimeSessionId = loaded.voice.lastSessionId ?? threadId;
  const item = { id: recordingId, realtimeSessionId, type: 'recording' as const, ...facts };
  loaded.thread.addRealtimeItem(item);
  loaded.thread.tell('thread/realtime/item/started', { threadId, item });
  loaded.thread.tell('thread/realtime/item/completed', { threadId, item });
}
