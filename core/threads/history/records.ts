import * as z from 'zod';

import { ResponseItem } from '../../model/index.ts';
import {
  RealtimeTimelineItem,
  ReasoningSummary,
  SettledRequest,
  ThreadEnvironment,
  ThreadItem,
  TokenUsage,
  Turn,
  TurnPlan,
  Verbosity,
} from '../../protocol/index.ts';

/** One that cannot be read, of a later version perhaps, goes to the model as it came. */
const KeptItem = z.union([
  ResponseItem,
  z.record(z.string(), z.unknown()).transform((raw) => ({ type: 'unknownItem' as const, raw })),
]);

/** Why a history was replaced: by a summary of it. */
export const COMPACTION = 'compaction';

type KeptItem = z.infer<typeof KeptItem>;

/**
 * What a thread writes down, one record per line, in the order it happened. The file is the truth:
 * a thread read back from its records shows the same and tells the model the same.
 */
const KnownRecord = z.discriminatedUnion('type', [
  z.object({ type: z.literal('turnStarted'), turn: Turn }),
  z.object({ type: z.literal('item'), turnId: z.string(), item: ThreadItem }),
  z.object({ type: z.literal('turnCompleted'), turn: Turn }),
  /** A turn that waits for another to end, with what the user said to it so far; once more when that grows. */
  z.object({ type: z.literal('turnQueued'), turn: Turn, items: z.array(ThreadItem) }),
  /** The plan of a running turn, whole each time. */
  z.object({ type: z.literal('plan'), turnId: z.string(), ...TurnPlan.shape }),
  /** Something that people were asked in a running turn, once it is over. */
  z.object({ type: z.literal('settledRequest'), turnId: z.string(), settled: SettledRequest }),
  z.object({
    type: z.literal('realtime'),
    item: RealtimeTimelineItem,
    /** When it happened; missing in files of earlier versions. */
    observedAtMs: z.number().optional().catch(undefined),
  }),
  /** Items the model is told from here on. */
  z.object({ type: z.literal('history'), items: z.array(KeptItem) }),
  /** Items the model is told in place of all before them; people go on seeing what they saw. */
  z.object({
    type: z.literal('historyReplaced'),
    items: z.array(KeptItem),
    /** Why, in one word; of ours, `compaction` alone. */
    reason: z.string(),
    /** The provider that alone can read some of them. */
    sealedFor: z.string().exactOptional(),
  }),
  z.object({
    type: z.literal('tokenUsage'),
    total: TokenUsage,
    /** Of the last sampling, which tells how full the model's window is; older files lack it. */
    last: TokenUsage.optional().catch(undefined),
  }),
  /** What turns run with from here on. */
  z.object({
    type: z.literal('settings'),
    model: z.string(),
    reasoningEffort: z.string().nullable(),
    reasoningSummary: ReasoningSummary.nullable().catch(null),
    verbosity: Verbosity.nullable().catch(null),
    /** Missing in files of earlier versions. */
    cwd: z.string().optional().catch(undefined),
    environments: z.array(ThreadEnvironment).optional().catch(undefined),
  }),
]);
/** A record as this version writes it. */
export type NewRecord = z.infer<typeof KnownRecord>;

/**
 * A record of an earlier time. What this version cannot read is kept as it came, in its place, so that it
 * is passed on with the rest and a later version finds it.
 */
export type ThreadRecord = NewRecord | { readonly type: 'unknown'; readonly raw: unknown };

/** The settings a thread was left with; undefined when they were never changed. */
export function latestSettings(
  records: readonly ThreadRecord[],
): Extract<ThreadRecord, { type: 'settings' }> | undefined {
  return records.findLast((record) => record.type === 'settings');
}

/**
 * What of a thread's records the model of a provider can be told: where another one sealed a history, it is told
 * again what that stood for.
 */
export const readableBy = (
  records: readonly ThreadRecord[],
  modelProvider: string,
): readonly ThreadRecord[] =>
  records.filter(
    (record) =>
      record.type !== 'historyReplaced' || (record.sealedFor ?? modelProvider) === modelProvider,
  );

/** Reads records back; none is dropped. */
export function readRecords(values: readonly unknown[]): readonly ThreadRecord[] {
  return values.map(
    (raw) => unreadHistory(raw) ?? KnownRecord.safeParse(raw).data ?? { type: 'unknown', raw },
  );
}

/**
 * What the model was told, which is most of a file and is read when the model is asked next: opening a long
 * conversation must not wait for it. undefined for any other record.
 */
function unreadHistory(raw: unknown): Extract<ThreadRecord, { type: 'history' }> | undefined {
  if (!isObject(raw) || raw['type'] !== 'history') return undefined;
  const { items } = raw;
  if (!Array.isArray(items) || !items.every(isObject)) return undefined;
  let read: KeptItem[] | undefined;
  return {
    type: 'history',
    get items() {
      read ??= items.map((item) => KeptItem.parse(item));
      return read;
    },
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
