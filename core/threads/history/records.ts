import * as z from 'zod';

import { ResponseItem } from '../../model/index.ts';
import {
  RealtimeTimelineItem,
  ReasoningSummary,
  ThreadItem,
  TokenUsage,
  Turn,
  Verbosity,
} from '../../protocol/index.ts';

/**
 * What a thread writes down, one record per line, in the order it happened. The file is the truth:
 * a thread read back from its records shows the same and tells the model the same.
 */
export const ThreadRecord = z.discriminatedUnion('type', [
  z.object({ type: z.literal('turnStarted'), turn: Turn }),
  z.object({ type: z.literal('item'), turnId: z.string(), item: ThreadItem }),
  z.object({ type: z.literal('turnCompleted'), turn: Turn }),
  z.object({ type: z.literal('realtime'), item: RealtimeTimelineItem }),
  /** Items the model is told from here on. */
  z.object({ type: z.literal('history'), items: z.array(ResponseItem) }),
  z.object({ type: z.literal('tokenUsage'), total: TokenUsage }),
  /** What turns run with from here on. */
  z.object({
    type: z.literal('settings'),
    model: z.string(),
    reasoningEffort: z.string().nullable(),
    reasoningSummary: ReasoningSummary.nullable().catch(null),
    verbosity: Verbosity.nullable().catch(null),
  }),
]);
export type ThreadRecord = z.infer<typeof ThreadRecord>;

/** The settings a thread was left with; undefined when they were never changed. */
export function latestSettings(
  records: readonly ThreadRecord[],
): Extract<ThreadRecord, { type: 'settings' }> | undefined {
  return records.findLast((record) => record.type === 'settings');
}

/** Reads records back; a line of a kind this version does not know is passed over. */
export function readRecords(values: readonly unknown[]): readonly ThreadRecord[] {
  return values.flatMap((value) => {
    const parsed = ThreadRecord.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
}
