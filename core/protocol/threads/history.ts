import * as z from 'zod';

import { maybe } from '../common.ts';
import { RealtimeTimelineItem } from '../voice/index.ts';
import { ThreadItem } from './item.ts';
import { Turn, TurnError, TurnItemsView, TurnStatus } from './turn.ts';

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
/**
 * One line of a thread's mixed history, oldest first: typed turns and voice in one order. `turn` is Parley's
 * addition; the peer says what it needs of it beside.
 */
export const TimelineEntry = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('turnStarted'),
    position: z.int(),
    turn: Turn,
    turnId: maybe(z.string()),
    startedAt: maybe(z.number()),
  }),
  z.object({
    type: z.literal('turnCompleted'),
    position: z.int(),
    turn: Turn,
    turnId: maybe(z.string()),
    status: maybe(TurnStatus),
    error: maybe(TurnError),
    startedAt: maybe(z.number()),
    completedAt: maybe(z.number()),
    durationMs: maybe(z.number()),
  }),
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

export const ThreadRealtimeListParams = z.object({
  threadId: z.string(),
  /** Of one voice session alone. */
  sessionId: maybe(z.string()),
  fromObservedAtMs: maybe(z.number()),
  /** Exclusive. */
  toObservedAtMs: maybe(z.number()),
  /** What happened stands in the order in which it was observed, so both are one. */
  order: maybe(z.enum(['observedAt', 'position'])),
  afterPosition: maybe(z.number()),
  /** That one alone; not there yet, the list is `pending`. */
  eventId: maybe(z.string()),
  cursor: maybe(z.string()),
  limit: maybe(z.int().nonnegative()),
  /** Exclusive: leaves out what has come since. */
  snapshotEnd: maybe(z.number()),
  requiredThroughPosition: maybe(z.number()),
});
export type ThreadRealtimeListParams = z.infer<typeof ThreadRealtimeListParams>;
/** An item of a voice session, and since when it is known; nobody knows of one from an earlier version. */
export const ThreadRealtimeEntry = z.object({
  position: z.int(),
  item: z.intersection(RealtimeTimelineItem, z.object({ observedAtMs: z.number().optional() })),
});
export type ThreadRealtimeEntry = z.infer<typeof ThreadRealtimeEntry>;
export const ThreadRealtimeListResponse = z.object({
  data: z.array(ThreadRealtimeEntry),
  nextCursor: z.string().nullable(),
  snapshotEnd: z.int(),
  projectedThroughItemIndex: z.int(),
  coverage: z.enum(['unsupported', 'pending', 'ready']),
});
