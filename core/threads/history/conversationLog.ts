import type { ResponseItem } from '../../model/index.ts';
import type { TokenUsage } from '../../protocol/index.ts';
import { itemTokens } from './contextSize.ts';
import { type AnyRecord, lineOfVoice, readAny, readAs, turnAround, turnOf } from './filedRecord.ts';
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

/** How full the model's window was, as it said, and of how many parts that was. */
type Count = { readonly tokens: number; readonly parts: number };

const UNCOUNTED: Count = { tokens: 0, parts: 0 };

/**
 * The memory of one thread: what people see and what the model is told (history). Every change goes
 * through `apply`, live and when read back, so both give the same.
 */
export class ConversationLog {
  readonly timeline = new Timeline();
  /** Records that the history is made of, and how many of them are in it; the rest is read when it is asked for. */
  #parts: AnyRecord[] = [];
  #readParts = 0;
  #history: ResponseItem[] = [];
  #usage = NO_USAGE;
  #counted = UNCOUNTED;
  /** What was said of both since, by the model; of earlier times it is read when somebody asks. */
  #unreadUsage: { readonly record: AnyRecord; readonly parts: number }[] = [];
  #compactions = 0;
  /** What turns have changed in files, read when somebody wants it back. */
  readonly #fileRecords: AnyRecord[] = [];

  apply(record: AnyRecord): void {
    switch (record.type) {
      case 'turnStarted':
      case 'turnCompleted':
        this.#applyTurn(record, record.type);
        return;
      case 'item':
      case 'plan':
      case 'settledRequest':
        this.#applyPart(record, record.type);
        return;
      case 'realtime': {
        const id = lineOfVoice(record) ?? readAs(record, 'realtime')?.item.id;
        if (id !== undefined) this.timeline.placeRealtime(id, record);
        return;
      }
      case 'turnQueued': {
        const queued = readAs(record, 'turnQueued');
        if (queued !== undefined) this.timeline.queue(queued.turn, queued.items);
        return;
      }
      case 'history':
        this.#parts.push(record);
        return;
      case 'historyReplaced':
        this.#replace(readAs(record, 'historyReplaced'));
        return;
      case 'fileChanges':
      case 'fileChangesUndone':
        this.#fileRecords.push(record);
        return;
      case 'tokenUsage':
        this.#unreadUsage.push({ record, parts: this.#parts.length });
        return;
      default:
      // Nothing people see or the model is told: settings, and what later versions have.
    }
  }

  #applyTurn(record: AnyRecord, type: 'turnStarted' | 'turnCompleted'): void {
    const turnId = turnOf(record, type);
    if (turnId === undefined) return;
    if (type === 'turnStarted') this.timeline.start(turnId, record);
    else this.timeline.complete(turnId, record);
  }

  #applyPart(record: AnyRecord, type: 'item' | 'plan' | 'settledRequest'): void {
    const turnId = turnAround(record, type);
    if (turnId === undefined) return;
    if (type === 'item') {
      this.timeline.placeItem(turnId, record);
    } else if (type === 'plan') {
      this.timeline.plan(turnId, () => {
        const read = readAs(record, type);
        return read && { explanation: read.explanation, plan: read.plan };
      });
    } else {
      this.timeline.placeSettled(turnId, () => readAs(record, type)?.settled);
    }
  }

  #replace(record: Extract<ThreadRecord, { type: 'historyReplaced' }> | undefined): void {
    if (record === undefined) return;
    this.#readUsage();
    this.#parts = [record];
    this.#readParts = 0;
    this.#history = [];
    this.#counted = UNCOUNTED;
    if (record.reason === COMPACTION) this.#compactions += 1;
  }

  get history(): readonly ResponseItem[] {
    for (const items of this.#itemsFrom(this.#readParts)) this.#history.push(...items);
    this.#readParts = this.#parts.length;
    return this.#history;
  }

  /** Of the parts from one on; each is read once. */
  *#itemsFrom(from: number): Generator<readonly ResponseItem[]> {
    for (let index = from; index < this.#parts.length; index += 1) {
      const part = this.#parts[index];
      const read = part && readAny(part);
      if (read !== undefined) this.#parts[index] = read;
      if (read?.type === 'history' || read?.type === 'historyReplaced') yield read.items;
    }
  }

  /** What that turn has changed in files, and whether that was taken back. */
  fileChangesOf(turnId: string): {
    readonly records: readonly Extract<ThreadRecord, { type: 'fileChanges' }>[];
    readonly isUndone: boolean;
  } {
    const changes = this.#fileRecords.flatMap((record) => {
      if (record.type !== 'fileChanges' || turnAround(record, record.type) !== turnId) return [];
      return readAs(record, record.type) ?? [];
    });
    const isUndone = this.#fileRecords.some(
      (record) => record.type === 'fileChangesUndone' && turnAround(record, record.type) === turnId,
    );
    return { records: changes, isUndone };
  }

  get usage(): TokenUsage {
    this.#readUsage();
    return this.#usage;
  }

  /** About how much of the model's window the history takes: what was counted, and what came after that. */
  get contextTokens(): number {
    this.#readUsage();
    const { tokens, parts } = this.#counted;
    let since = 0;
    for (const items of this.#itemsFrom(parts)) since += itemTokens(items);
    return tokens + since;
  }

  /** The newest says all, but in older files how full the window was. */
  #readUsage(): void {
    const unread = this.#unreadUsage;
    this.#unreadUsage = [];
    let hasTotal = false;
    for (const { record, parts } of unread.toReversed()) {
      const read = readAs(record, 'tokenUsage');
      if (read !== undefined && !hasTotal) this.#usage = read.total;
      hasTotal ||= read !== undefined;
      if (read?.last === undefined) continue;
      this.#counted = { tokens: read.last.totalTokens, parts };
      return;
    }
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
