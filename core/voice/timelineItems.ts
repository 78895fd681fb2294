import type { RealtimeTimelineItem } from '../protocol/index.ts';
import type { LiveThread } from '../threads/index.ts';

/** Adds an item that is whole from the beginning to the thread, and then tells clients of it. */
export function addTimelineItem(thread: LiveThread, item: RealtimeTimelineItem): void {
  thread.addRealtimeItem(item);
  tellTimelineItem(thread, item);
}

/** The second half of that, for whoever has more to do before clients may hear of it. */
export function tellTimelineItem(thread: LiveThread, item: RealtimeTimelineItem): void {
  const threadId = thread.id;
  thread.tell('thread/realtime/item/started', { threadId, item });
  thread.tell('thread/realtime/item/completed', { threadId, item });
}
