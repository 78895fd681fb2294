import type { RealtimeTimelineItem } from '../protocol/index.ts';
import type { LiveThread } from '../threads/index.ts';

/** Adds an item that is whole from the beginning to the thread, and then tells clients of it. */
export function addTimelineItem(thread: LiveThread, item: RealtimeTimelineItem): void {
  const threadId = thread.id;
  thread.addRealtimeItem(item);
  thread.tell('thread/realtime/item/started', { threadId, item });
  thread.tell('thread/realtime/item/completed', { threadId, item });
}
