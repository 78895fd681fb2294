import * as z from 'zod';

import { maybe } from '../common.ts';
import { SortDirection } from './history.ts';
import { Thread } from './thread.ts';

/** Who a thread was made for, in the words of a list's filter. */
export const ThreadSourceKind = z.enum([
  'cli',
  'vscode',
  'exec',
  'appServer',
  'subAgent',
  'subAgentReview',
  'subAgentCompact',
  'subAgentThreadSpawn',
  'subAgentOther',
  'unknown',
]);

export const ThreadListParams = z.object({
  cursor: maybe(z.string()),
  limit: maybe(z.int().nonnegative()),
  sortKey: maybe(z.enum(['created_at', 'updated_at', 'recency_at', 'section_position'])),
  sortDirection: maybe(SortDirection),
  searchTerm: maybe(z.string()),
  archived: maybe(z.boolean()),
  /** Empty means any. */
  modelProviders: maybe(z.array(z.string())),
  /** Empty means all but those of agents that a thread has started. */
  sourceKinds: maybe(z.array(ThreadSourceKind)),
  cwd: maybe(z.union([z.string(), z.array(z.string())])),
  excludedThreadIds: maybe(z.array(z.string())),
  /** Empty means none at all. */
  includedThreadIds: maybe(z.array(z.string())),
  /** The list always comes from the index, which knows how the files are: there is nothing to spare. */
  useStateDbOnly: maybe(z.boolean()),
  /** What threads of ours have none of: who asks for those gets none (app-server §5). */
  parentThreadId: maybe(z.string()),
  ancestorThreadId: maybe(z.string()),
  attachedToThreadId: maybe(z.string()),
  sectionId: maybe(z.string()),
  projectId: maybe(z.string()),
  originators: maybe(z.array(z.string())),
  /** What changes nothing here: no thread of ours is attached to another, or of an account. */
  includeAttachedThreads: maybe(z.boolean()),
  currentAccountOnly: maybe(z.boolean()),
});
export type ThreadListParams = z.infer<typeof ThreadListParams>;
export const ThreadListResponse = z.object({
  data: z.array(Thread),
  /** Nobody keeps what a person has read; clients of the peer may insist on the key. */
  readStates: maybe(z.null()),
  nextCursor: z.string().nullable(),
  backwardsCursor: z.string().nullable(),
});

export const ThreadArchiveParams = z.object({ threadId: z.string() });
export const ThreadUnarchiveParams = z.object({ threadId: z.string() });
export const ThreadUnarchiveResponse = z.object({ thread: Thread });
export const ThreadDeleteParams = z.object({ threadId: z.string() });
export const ThreadSetNameParams = z.object({ threadId: z.string(), name: z.string() });

/** The thread was put away: it is out of memory, and listed with `archived` only. */
export const ThreadArchivedNotification = z.object({ threadId: z.string() });
export const ThreadUnarchivedNotification = z.object({ threadId: z.string() });
export const ThreadDeletedNotification = z.object({ threadId: z.string() });
export const ThreadNameUpdatedNotification = z.object({
  threadId: z.string(),
  threadName: z.string().optional(),
});
