import * as z from 'zod';

import { maybe } from '../common.ts';
import { RequestId } from '../rpc.ts';
import { SortDirection } from './history.ts';
import { Thread } from './thread.ts';
import { ThreadSourceKind } from './threadList.ts';

export const ThreadSearchParams = z.object({
  /** A part of what was said, or of a name, as it stands, in any case; blank on both sides does not count. */
  searchTerm: z.string(),
  cursor: maybe(z.string()),
  limit: maybe(z.int().nonnegative()),
  sortKey: maybe(z.enum(['created_at', 'updated_at', 'recency_at'])),
  sortDirection: maybe(SortDirection),
  archived: maybe(z.boolean()),
  /** Empty means all but those of agents that a thread has started. */
  sourceKinds: maybe(z.array(ThreadSourceKind)),
  /** What changes nothing here: no thread of ours is attached to another, or of an account. */
  includeAttachedThreads: maybe(z.boolean()),
  currentAccountOnly: maybe(z.boolean()),
});
export type ThreadSearchParams = z.infer<typeof ThreadSearchParams>;
/** A thread and what was found in it, with some words around it. */
export const ThreadSearchResult = z.object({ thread: Thread, snippet: z.string() });
export type ThreadSearchResult = z.infer<typeof ThreadSearchResult>;
export const ThreadSearchResponse = z.object({
  data: z.array(ThreadSearchResult),
  nextCursor: z.string().nullable(),
  backwardsCursor: z.string().nullable(),
});

/** The request of this connection that is to end. */
export const ThreadSearchCancelParams = z.object({ requestId: RequestId });

/** Some of what a search has found so far; its answer says what counts, and nothing follows that. */
export const ThreadSearchPartialNotification = z.object({
  requestId: RequestId,
  data: z.array(ThreadSearchResult),
});

export const ThreadSearchOccurrencesParams = z.object({
  threadId: z.string(),
  /** As it stands, blanks included. */
  searchTerm: z.string(),
  cursor: maybe(z.string()),
  limit: maybe(z.int().nonnegative()),
});
/** One place in a thread, in UTF-16 units of the snippet (app-server §5). */
export const ThreadSearchOccurrence = z.object({
  turnId: z.string(),
  itemId: z.string(),
  snippet: z.string(),
  snippetMatchRange: z.object({ start: z.int(), end: z.int() }),
  /** A page of turns that begins with this one. */
  turnCursor: z.string(),
});
export type ThreadSearchOccurrence = z.infer<typeof ThreadSearchOccurrence>;
export const ThreadSearchOccurrencesResponse = z.object({
  data: z.array(ThreadSearchOccurrence),
  nextCursor: z.string().nullable(),
});
