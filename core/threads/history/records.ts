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
  /** What a turn has changed in files; `before` stands with the first record of a turn that names the file. */
  z.object({
    type: z.literal('fileChanges'),
    turnId: z.string(),
    files: z.array(
      z.object({
        path: z.string(),
        /** Where that leads. */
        at: z.string(),
        before: z
          .discriminatedUnion('kind', [
            z.object({ kind: z.literal('nothing') }),
            z.object({ kind: z.literal('file'), mode: z.int(), data: z.string() }),
            z.object({ kind: z.literal('link'), target: z.string() }),
            z.object({ kind: z.literal('tooMuch') }),
          ])
          .exactOptional(),
        /** In short; null where nothing is there any more. */
        after: z.string().nullable(),
      }),
    ),
  }),
  /** Somebody has taken the files of a turn back to what they were. */
  z.object({ type: z.literal('fileChangesUndone'), turnId: z.string() }),
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

/** Reads a record back; what is none of this version stays what it is. */
export const readRecord = (raw: unknown): ThreadRecord =>
  KnownRecord.safeParse(raw).data ?? { type: 'unknown', raw };
