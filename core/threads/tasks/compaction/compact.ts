import { ProductError } from '../../../base/index.ts';
import {
  type CompactionPurpose,
  ModelAbortedError,
  ModelError,
  messageText,
  type ResponseItem,
} from '../../../model/index.ts';
import type { ToolList } from '../../../tools/index.ts';
import { COMPACTION, itemTokens, textTokens } from '../../history/index.ts';
import type { Sampler } from '../../ports.ts';
import { countUsage, modelRequestOf, recountContext, sample, UNSHOWN } from '../sampling/index.ts';
import type { TaskContext } from '../task.ts';
import {
  isNote,
  partsOf,
  standingNotes,
  summarised,
  SUMMARY_REQUEST,
  withoutOldest,
} from './compactedHistory.ts';

export type CompactOptions = {
  readonly context: TaskContext;
  readonly sampler: Sampler;
  /** As the requests around it name them, so that the provider finds in its cache what they share. */
  readonly tools: ToolList;
  readonly signal: AbortSignal;
  readonly purpose: CompactionPurpose;
};

/** A compaction that brought nothing; the history is as it was. */
class CompactionError extends ProductError {
  readonly code = 'compaction';
  readonly retryable = false;
}

const LEFT_OUT =
  'The conversation was too long to be summarised whole. What was said first is in no summary.';

/** Whether the model is to be told more than it should be. */
export function isFull({ settings, log }: TaskContext): boolean {
  const limit = settings.factsOf(settings.model).autoCompactTokenLimit;
  return limit !== null && log.contextTokens >= limit;
}

/** Whether anything was said that a summary could stand for. */
export const hasEarlier = ({ log }: TaskContext): boolean =>
  partsOf(log.history).earlier.length > 0;

/**
 * Puts a summary in place of what was said so far, in what the model is told; people keep all of it.
 * Rejects when nothing came of it: then the history is as it was.
 */
export async function compact(options: CompactOptions): Promise<void> {
  const { context, sampler, signal } = options;
  const { items, ports, log, record } = context;
  if (!hasEarlier(context)) throw new CompactionError('There is nothing to summarise yet.');
  const before = log.history.length;
  const { introduction, earlier, unanswered } = partsOf(log.history);
  const item = { type: 'contextCompaction', id: ports.newId() } as const;
  items.start(item);
  let made: Made;
  try {
    made =
      (await byProvider(options, introduction, earlier)) ??
      (await bySummary(options, introduction, earlier));
    if (signal.aborted) throw new ModelAbortedError();
  } catch (error) {
    items.abandon({ ...item, interrupted: true });
    throw error;
  }
  // Somebody may have spoken meanwhile.
  const since = log.history.slice(before);
  const standing = standingNotes(earlier, context.settings.developerInstructions);
  record({
    type: 'historyReplaced',
    reason: COMPACTION,
    items: [...introduction, ...standing, ...made.items, ...unanswered, ...since],
    ...(made.summary === undefined && { sealedFor: context.settings.modelProvider }),
  });
  sampler.setWindowNumber(log.compactions);
  recountContext(context, fixedTokens(options) + itemTokens(log.history));
  items.complete({ ...item, ...(made.summary !== undefined && { summary: made.summary }) });
}

/** What is told in place of what was said. */
type Made = {
  readonly items: readonly ResponseItem[];
  /** undefined where the provider alone can read it. */
  readonly summary: string | undefined;
};

async function byProvider(
  { context, sampler, tools, signal, purpose }: CompactOptions,
  introduction: readonly ResponseItem[],
  earlier: readonly ResponseItem[],
): Promise<Made | undefined> {
  const input = [...introduction, ...earlier];
  const request = modelRequestOf(context.settings, {}, input, tools.specs);
  const compacted = await sampler.compact({ ...request, compaction: purpose }, signal);
  if (compacted === undefined) return undefined;
  if (compacted.usage !== undefined) countUsage(context, compacted.usage);
  // The introduction is told anyway; whether it comes back is up to the provider.
  const items = compacted.items.filter((item) => !isNote(item));
  return { items, summary: undefined };
}

async function bySummary(
  options: CompactOptions,
  introduction: readonly ResponseItem[],
  earlier: readonly ResponseItem[],
): Promise<Made> {
  if (options.signal.aborted) throw new ModelAbortedError();
  const summary = await summaryOf(options, introduction, earlier);
  return { items: summarised(earlier, summary, keptTokens(options.context)), summary };
}

async function summaryOf(
  options: CompactOptions,
  introduction: readonly ResponseItem[],
  earlier: readonly ResponseItem[],
): Promise<string> {
  let told = earlier;
  for (;;) {
    try {
      return await askForSummary(options, [...introduction, ...told, SUMMARY_REQUEST]);
    } catch (error) {
      const isTooLong = error instanceof ModelError && error.info === 'contextWindowExceeded';
      const shorter = isTooLong ? withoutOldest(told) : [];
      if (shorter.length === 0) throw error;
      options.context.warnOnce(LEFT_OUT);
      told = shorter;
    }
  }
}

async function askForSummary(
  { context, sampler, tools, signal, purpose }: CompactOptions,
  input: readonly ResponseItem[],
): Promise<string> {
  const texts: string[] = [];
  await sample({
    context,
    sampler,
    request: () => ({
      ...modelRequestOf(context.settings, {}, input, tools.specs),
      toolChoice: 'none',
      compaction: purpose,
    }),
    shown: UNSHOWN,
    signal,
    events: {
      itemDone: (item) => {
        if (item.type === 'message') texts.push(messageText(item).trim());
      },
      messageInterrupted: () => undefined,
    },
  });
  const summary = texts.filter((text) => text !== '').join('\n\n');
  if (summary === '') throw new CompactionError('The model wrote no summary.');
  return summary;
}

const MAX_KEPT_TOKENS = 20_000;

/** How much of the user's own words is told beside the summary. */
function keptTokens({ settings }: TaskContext): number {
  const limit = settings.factsOf(settings.model).autoCompactTokenLimit;
  return limit === null ? MAX_KEPT_TOKENS : Math.min(MAX_KEPT_TOKENS, Math.floor(limit / 4));
}

/** What every request tells the model besides the history. */
const fixedTokens = ({ context, tools }: CompactOptions): number =>
  textTokens(context.settings.instructions) + textTokens(JSON.stringify(tools.specs));
