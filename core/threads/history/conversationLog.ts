import type { ResponseItem } from '../../model/index.ts';
import type { TokenUsage } from '../../protocol/index.ts';
import { itemTokens } from './contextSize.ts';
import { COMPACTION, type ThreadRecord } from './records.ts';
import { Timeline } from './timeline.ts';

/** What nothing costs. */
export const NO_USAGE: TokenUsage = {
  totalTokens: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  outputTokens: 0,
  reasoningOutputTokens: 0,
};

type HistoryPart = { readonly items: readonly ResponseItem[] };

/**
 * The memory of one thread: what people see and what the model is told (history). Every change goes
 * through `apply`, live and when read back, so both give the same.
 */
export class ConversationLog {
  readonly timeline = new Timeline();
  /** Records that the history is made of, and how many of them are in it; the rest is read when it is asked for. */
  #parts: HistoryPart[] = [];
  #readParts = 0;
  #history: ResponseItem[] = [];
  #usage = NO_USAGE;
  /** How full the model's window was when that was last said, and of how many parts that was. */
  #counted = { tokens: 0, parts: 0 };
  #compactions = 0;

  apply(record: ThreadRecord): void {
    switch (record.type) {
      case 'turnQueued':
        this.timeline.queue(record.turn, record.items);
        return;
      case 'turnStarted':
        this.timeline.start(record.turn);
        return;
      case 'turnCompleted':
        this.timeline.complete(record.turn);
        return;
      case 'plan':
        this.timeline.plan(record);
        return;
      case 'settledRequest':
        this.timeline.placeSettled(record.turnId, record.settled);
        return;
      case 'item':
        this.timeline.placeItem(record.turnId, record.item);
        return;
      case 'realtime':
        this.timeline.placeRealtime(record.item, record.observedAtMs);
        return;
      case 'history':
        this.#parts.push(record);
        return;
      case 'historyReplaced':
        this.#parts = [record];
        this.#readParts = 0;
        this.#history = [];
        this.#counted = { tokens: 0, parts: 0 };
        if (record.reason === COMPACTION) this.#compactions += 1;
        return;
      case 'tokenUsage':
        this.#usage = record.total;
        if (record.last !== undefined) {
          this.#counted = { tokens: record.last.totalTokens, parts: this.#parts.length };
        }
        return;
      case 'settings':
      case 'unknown':
      // Nothing people see or the model is told.
    }
  }

  get history(): readonly ResponseItem[] {
    for (const { items } of this.#parts.slice(this.#readParts)) this.#history.push(...items);
    this.#readParts = this.#parts.length;
    return this.#history;
  }

  get usage(): TokenUsage {
    return this.#usage;
  }

  /** About how much of the model's window the history takes: what was counted, and what came after that. */
  get contextTokens(): number {
    const { tokens, parts } = this.#counted;
    return tokens + itemTokens(this.#parts.slice(parts).flatMap(({ items }) => items));
  }

  /** How often the history was compacted. */
  get compactions(): number {
    return this.#compactions;
  }
}

/** Adds up what two samplings used. */
export function addUsage(left: TokenUsage, right: TokenUsage): TokenUsage {
  return {
    totalTokens: left.totalTokens + right.totalTokens,
    inputTokens: left.inputTokens + right.inputTokens,
    cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
    cacheWriteInputTokens: left.cacheWriteInputTokens + right.cacheWriteInputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    reasoningOutputTokens: left.reasoningOutputTokens + right.reasoningOutputTokens,
  };
}
