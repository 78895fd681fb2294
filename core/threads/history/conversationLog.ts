import { textHead } from '../../base/index.ts';
import type { ResponseItem } from '../../model/index.ts';
import type {
  RealtimeTimelineItem,
  ThreadItem,
  TimelineEntry,
  TokenUsage,
  Turn,
} from '../../protocol/index.ts';
import { itemTokens } from './contextSize.ts';
import { COMPACTION, type ThreadRecord } from './records.ts';

const PREVIEW_CHARS = 200;

const NO_USAGE: TokenUsage = {
  totalTokens: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  outputTokens: 0,
  reasoningOutputTokens: 0,
};

/**
 * The memory of one thread: what people see (timeline, turns) and what the model is told (history).
 * Every change goes through `apply`, live and when read back, so both give the same.
 */
export class ConversationLog {
  readonly #timeline: TimelineEntry[] = [];
  /** Turns without an end, and where they began. */
  readonly #running = new Map<string, number>();
  /** Turns that have not begun; they get their place in the timeline when they do, or when they end before. */
  readonly #queued = new Map<string, Turn>();
  #history: ResponseItem[] = [];
  #usage = NO_USAGE;
  /** How full the model's window was when that was last said, and how much of the history that was. */
  #counted = { tokens: 0, items: 0 };
  #compactions = 0;

  apply(record: ThreadRecord): void {
    const position = this.#timeline.length;
    switch (record.type) {
      case 'turnQueued':
        this.#queued.set(record.turn.id, {
          ...record.turn,
          items: record.items,
          itemsView: 'full',
        });
        return;
      case 'turnStarted':
        this.#start(record.turn);
        return;
      case 'turnCompleted':
        this.#complete(record.turn);
        return;
      case 'plan':
        this.#plan(record);
        return;
      case 'item':
        this.#timeline.push({ type: 'item', position, turnId: record.turnId, item: record.item });
        return;
      case 'realtime':
        this.#placeRealtime(record.item);
        return;
      case 'history':
        this.#history.push(...record.items);
        return;
      case 'historyReplaced':
        this.#history = [...record.items];
        this.#counted = { tokens: 0, items: 0 };
        if (record.reason === COMPACTION) this.#compactions += 1;
        return;
      case 'tokenUsage':
        this.#usage = record.total;
        if (record.last !== undefined) {
          this.#counted = { tokens: record.last.totalTokens, items: this.#history.length };
        }
        return;
      case 'settings':
      case 'unknown':
      // Nothing people see or the model is told.
    }
  }

  /** Turns run one after the other: what has no end when the next begins was cut off. */
  #start(turn: Turn): void {
    for (const left of this.#begun) this.#complete(asCutOff(left));
    this.#queued.delete(turn.id);
    this.#open(turn);
  }

  #open(turn: Turn): void {
    const position = this.#timeline.length;
    this.#running.set(turn.id, position);
    this.#timeline.push({ type: 'turnStarted', position, turn });
  }

  #complete(turn: Turn): void {
    const queued = this.#queued.get(turn.id);
    if (queued !== undefined) this.#placeQueued(queued);
    const plan = this.#started(turn.id)?.plan;
    this.#running.delete(turn.id);
    const position = this.#timeline.length;
    const ended = plan === undefined ? turn : { ...turn, plan };
    this.#timeline.push({ type: 'turnCompleted', position, turn: ended });
  }

  /** It ends without having begun: what was asked is shown all the same. */
  #placeQueued({ items, ...turn }: Turn): void {
    this.#queued.delete(turn.id);
    this.#open({ ...turn, items: [], itemsView: 'notLoaded' });
    for (const item of items) {
      const position = this.#timeline.length;
      this.#timeline.push({ type: 'item', position, turnId: turn.id, item });
    }
  }

  /** The newest plan stands where its turn began, and is handed on to where it ends. */
  #plan({ turnId, explanation, plan: steps }: Extract<ThreadRecord, { type: 'plan' }>): void {
    const turn = this.#started(turnId);
    const position = this.#running.get(turnId);
    if (turn === undefined || position === undefined) return;
    const plan = { explanation, plan: steps };
    this.#timeline[position] = { type: 'turnStarted', position, turn: { ...turn, plan } };
  }

  get #begun(): readonly Turn[] {
    return Array.from(this.#running.keys()).flatMap((turnId) => this.#started(turnId) ?? []);
  }

  #started(turnId: string): Turn | undefined {
    const entry = this.#timeline[this.#running.get(turnId) ?? -1];
    return entry?.type === 'turnStarted' ? entry.turn : undefined;
  }

  /** An item that is known already is brought up to date where it stands (how far it was heard, say). */
  #placeRealtime(item: RealtimeTimelineItem): void {
    const known = this.#timeline.findIndex(
      (entry) => entry.type === 'realtime' && entry.item.id === item.id,
    );
    const position = known === -1 ? this.#timeline.length : known;
    this.#timeline[position] = { type: 'realtime', position, item };
  }

  get timeline(): readonly TimelineEntry[] {
    return this.#timeline;
  }

  get history(): readonly ResponseItem[] {
    return this.#history;
  }

  get usage(): TokenUsage {
    return this.#usage;
  }

  /** About how much of the model's window the history takes: what was counted, and what came after that. */
  get contextTokens(): number {
    const { tokens, items } = this.#counted;
    return tokens + itemTokens(this.#history.slice(items));
  }

  /** How often the history was compacted. */
  get compactions(): number {
    return this.#compactions;
  }

  /** First words of the user, typed or spoken; empty before there are any. */
  get preview(): string {
    for (const entry of this.#timeline) {
      const text = entry.type === 'item' ? wordsOf(entry.item) : spokenWords(entry);
      if (text !== '') return textHead(text, PREVIEW_CHARS);
    }
    return '';
  }

  /** Turns that wait for another to end, with what the user said to them. */
  get queuedTurns(): readonly Turn[] {
    return Array.from(this.#queued.values());
  }

  /** Turns that have not ended, as they are where nobody runs them any more; nobody knows until when they ran. */
  get unfinishedTurns(): readonly Turn[] {
    return [...this.#begun, ...this.#queued.values()].map(asCutOff);
  }

  /** Whether a turn has begun that has no end yet. */
  get isInTurn(): boolean {
    return this.#running.size > 0;
  }

  /** The turns with all their items. */
  turns(): readonly Turn[] {
    const turns = new Map<string, { turn: Turn; items: ThreadItem[] }>();
    for (const entry of this.#timeline) {
      if (entry.type === 'turnStarted') {
        turns.set(entry.turn.id, { turn: entry.turn, items: [] });
      } else if (entry.type === 'turnCompleted') {
        const known = turns.get(entry.turn.id);
        if (known !== undefined) known.turn = entry.turn;
      } else if (entry.type === 'item') {
        turns.get(entry.turnId)?.items.push(entry.item);
      }
    }
    return Array.from(turns.values(), ({ turn, items }) => ({ ...turn, items, itemsView: 'full' }));
  }

  /** The voice session that was running before this place of the timeline, if one was. */
  realtimeSessionAt(position: number): string | undefined {
    let session: string | undefined;
    for (const entry of this.#timeline.slice(0, position)) {
      if (entry.type === 'realtime') session = sessionAfter(entry.item, session);
    }
    return session;
  }
}

function sessionAfter(item: RealtimeTimelineItem, before: string | undefined): string | undefined {
  if (item.type === 'realtimeSessionStarted') return item.realtimeSessionId;
  return item.type === 'realtimeSessionClosed' ? undefined : before;
}

const asCutOff = (turn: Turn): Turn => ({
  ...turn,
  items: [],
  itemsView: 'notLoaded',
  status: 'interrupted',
});

/** The user's own words in an item; empty for items of others. */
function wordsOf(item: ThreadItem): string {
  if (item.type !== 'userMessage') return '';
  return item.content
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim();
}

function spokenWords(entry: TimelineEntry): string {
  if (entry.type !== 'realtime' || entry.item.type !== 'transcriptSegment') return '';
  return entry.item.role === 'user' ? entry.item.text.trim() : '';
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
