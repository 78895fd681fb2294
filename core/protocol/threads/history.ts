import * as z from 'zod';

import { maybe } from '../common.ts';
import { RealtimeTimelineItem } from '../voice/index.ts';
import { ThreadItem } from './item.ts';
import { Turn, TurnItemsView } from './turn.ts';

export const SortDirection = z.enum(['asc', 'desc']);
export type SortDirection = z.infer<typeof SortDirection>;

const cursors = { nextCursor: z.string().nullable(), backwardsCursor: z.string().nullable() };

/** What a page of turns holds, and from which end. */
const turnsPageOptions = {
  limit: maybe(z.int().nonnegative()),
  /** Absent means `desc`: the newest turn first. */
  sortDirection: maybe(SortDirection),
  /** Absent means `summary`: what the user said first, and what was answered last. */
  itemsView: maybe(TurnItemsView),
};
export const TurnsPageOptions = z.object(turnsPageOptions);
export type TurnsPageOptions = z.infer<typeof TurnsPageOptions>;
/**
 * `backwardsCursor`, with the other direction, begins with the first entry of this page once more, as it is by
 * then (app-server §5).
 */
export const TurnsPage = z.object({ data: z.array(Turn), ...cursors });
export type TurnsPage = z.infer<typeof TurnsPage>;

export const ThreadTurnsListParams = z.object({
  threadId: z.string(),
  cursor: maybe(z.string()),
  ...turnsPageOptions,
});

export const ThreadItemsListParams = z.object({
  threadId: z.string(),
  /** Absent means those of all turns. */
  turnId: maybe(z.string()),
  /** An item stands for the place behind it, seen in the direction of the page; only beside `turnId`. */
  cursor: maybe(z.union([z.string(), z.object({ type: z.literal('item'), itemId: z.string() })])),
  limit: maybe(z.int().nonnegative()),
  /** Absent means `asc`. */
  sortDirection: maybe(SortDirection),
});
/** An item and the turn it belongs to. */
export const ThreadItemEntry = z.object({
  turnId: z.string(),
  item: ThreadItem,
  startedAtMs: z.number().nullable(),
  completedAtMs: z.number().nullable(),
});
export type ThreadItemEntry = z.infer<typeof ThreadItemEntry>;
export const ThreadItemsListResponse = z.object({ data: z.array(ThreadItemEntry), ...cursors });

export const ThreadTimelineListParams = z.object({
  threadId: z.string(),
  cursor: maybe(z.string()),
  limit: maybe(z.int().positive()),
  /** Parley's addition: without a cursor, the page that ends with the newest entry. */
  fromEnd: maybe(z.boolean()),
});
/** One line of a thread's mixed history, oldest first: typed turns and voice in one order. */
export const TimelineEntry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('turnStarted'), position: z.int(), turn: Turn }),
  z.object({ type: z.literal('turnCompleted'), position: z.int(), turn: Turn }),
  z.object({ type: z.literal('item'), position: z.int(), turnId: z.string(), item: ThreadItem }),
  z.object({ type: z.literal('realtime'), position: z.int(), item: RealtimeTimelineItem }),
]);
export type TimelineEntry = z.infer<typeof TimelineEntry>;
export const ThreadTimelineListResponse = z.object({
  data: z.array(TimelineEntry),
  nextCursor: z.string().nullable(),
  backwardsCursor: z.string().nullable(),
  activeRealtimeSessionAtPageStart: z.string().nullable(),
  /** Parley's addition, of the page that ends with the newest entry: turns that wait for another to end, if any do. */
  queuedTurns: maybe(z.array(Turn)),
});
