import { textHead } from '../../base/index.ts';
import type {
  RealtimeTimelineItem,
  SettledRequest,
  ThreadItem,
  ThreadItemEntry,
  ThreadRealtimeEntry,
  TimelineEntry,
  Turn,
  TurnItemsView,
} from '../../protocol/index.ts';
import { newestCursor, pageOf, type PageQuery } from './pages.ts';
import type { ThreadRecord } from './records.ts';

const PREVIEW_CHARS = 200;

/** Places of a turn in the timeline. */
type TurnPlaces = { readonly started: number; ended?: number; readonly items: number[] };

/** A page of a list, and how to go on from both of its ends. */
export type Page<Entry> = {
  readonly data: Entry[];
  readonly nextCursor: string | null;
  readonly backwardsCursor: string | null;
};

/** What people see of a thread: typed turns and voice in one order. Entries keep their places for good. */
export class Timeline {
  readonly #entries: TimelineEntry[] = [];
  /** By id, in the order in which they began. */
  readonly #turns = new Map<string, TurnPlaces>();
  /** Where turns began, and where items stand. */
  readonly #turnPlaces: number[] = [];
  readonly #itemPlaces: number[] = [];
  /** Items of voice sessions by id, in order: where they stand, and when they happened. */
  readonly #voiceItems = new Map<
    string,
    { readonly position: number; readonly observedAtMs: number | undefined }
  >();
  /** Turns without an end, and where they began. */
  readonly #running = new Map<string, number>();
  /** Turns that have not begun; they get their place when they do, or when they end before. */
  readonly #queued = new Map<string, Turn>();

  queue(turn: Turn, items: readonly ThreadItem[]): void {
    this.#queued.set(turn.id, { ...turn, items: [...items], itemsView: 'full' });
  }

  /** Turns run one after the other: what has no end when the next begins was cut off. */
  start(turn: Turn): void {
    for (const left of this.#begun) this.complete(asCutOff(left));
    this.#queued.delete(turn.id);
    this.#open(turn);
  }

  #open(turn: Turn): void {
    const position = this.#entries.length;
    this.#running.set(turn.id, position);
    if (!this.#turns.has(turn.id)) {
      this.#turns.set(turn.id, { started: position, items: [] });
      this.#turnPlaces.push(position);
    }
    this.#entries.push({ type: 'turnStarted', position, turn });
  }

  complete(turn: Turn): void {
    const queued = this.#queued.get(turn.id);
    if (queued !== undefined) this.#placeQueued(queued);
    const { plan, settledRequests } = this.#started(turn.id) ?? {};
    this.#running.delete(turn.id);
    const position = this.#entries.length;
    const ended = {
      ...turn,
      ...(isGiven(plan) && { plan }),
      ...(isGiven(settledRequests) && { settledRequests }),
    };
    const places = this.#turns.get(turn.id);
    if (places !== undefined) places.ended = position;
    this.#entries.push({ type: 'turnCompleted', position, turn: ended });
  }

  /** It ends without having begun: what was asked is shown all the same. */
  #placeQueued({ items, ...turn }: Turn): void {
    this.#queued.delete(turn.id);
    this.#open({ ...turn, items: [], itemsView: 'notLoaded' });
    for (const item of items) this.placeItem(turn.id, item);
  }

  placeItem(turnId: string, item: ThreadItem): void {
    const position = this.#entries.length;
    // One without its turn, from a file that was edited by hand, is shown in the timeline alone.
    const turn = this.#turns.get(turnId);
    if (turn !== undefined) {
      turn.items.push(position);
      this.#itemPlaces.push(position);
    }
    this.#entries.push({ type: 'item', position, turnId, item });
  }

  /** The newest plan stands where its turn began, and is handed on to where it ends. */
  plan({ turnId, explanation, plan: steps }: Extract<ThreadRecord, { type: 'plan' }>): void {
    this.#describe(turnId, () => ({ plan: { explanation, plan: steps } }));
  }

  /** What people were asked stands where the plan does, and says itself behind which item it belongs. */
  placeSettled(turnId: string, settled: SettledRequest): void {
    const last = this.#itemAt(this.#turns.get(turnId)?.items.at(-1) ?? -1);
    const placed = { ...settled, afterItemId: last?.id ?? null };
    this.#describe(turnId, ({ settledRequests }) => ({
      settledRequests: [...(settledRequests ?? []), placed],
    }));
  }

  #describe(turnId: string, more: (turn: Turn) => Partial<Turn>): void {
    const turn = this.#started(turnId);
    const position = this.#running.get(turnId);
    if (turn === undefined || position === undefined) return;
    this.#entries[position] = { type: 'turnStarted', position, turn: { ...turn, ...more(turn) } };
  }

  get #begun(): readonly Turn[] {
    return Array.from(this.#running.keys()).flatMap((turnId) => this.#started(turnId) ?? []);
  }

  #started(turnId: string): Turn | undefined {
    const entry = this.#entries[this.#running.get(turnId) ?? -1];
    return entry?.type === 'turnStarted' ? entry.turn : undefined;
  }

  /** An item that is known already is brought up to date where it stands (how far it was heard, say). */
  placeRealtime(item: RealtimeTimelineItem, observedAtMs?: number): void {
    const known = this.#voiceItems.get(item.id);
    const position = known?.position ?? this.#entries.length;
    // It happened when it was first known.
    this.#voiceItems.set(item.id, known ?? { position, observedAtMs });
    this.#entries[position] = { type: 'realtime', position, item };
  }

  get entries(): readonly TimelineEntry[] {
    return this.#entries;
  }

  /** First words of the user, typed or spoken; empty before there are any. */
  get preview(): string {
    const [first = ''] = this.userWords();
    return textHead(first, PREVIEW_CHARS);
  }

  /** What the user has said, typed or spoken, in order. */
  *userWords(): Generator<string> {
    for (const entry of this.#entries) {
      const text = entry.type === 'item' ? wordsOf(entry.item) : spokenWords(entry);
      if (text !== '') yield text;
    }
  }

  /** Turns that wait for another to end, with what the user said to them. */
  get queuedTurns(): readonly Turn[] {
    return Array.from(this.#queued.values());
  }

  /** Turns that have not ended, as they are where nobody runs them any more; nobody knows until when they ran. */
  get unfinishedTurns(): readonly Turn[] {
    return [...this.#begun, ...this.#queued.values()].map(asCutOff);
  }

  isRunning(turnId: string): boolean {
    return this.#running.has(turnId);
  }

  /** Whether a turn has begun that has no end yet. */
  get isInTurn(): boolean {
    return this.#running.size > 0;
  }

  /** The turns with all their items. */
  turns(): readonly Turn[] {
    return Array.from(this.#turns.values(), (places) => this.#turnAt(places, 'full'));
  }

  /** A page of the turns. */
  turnsPage(itemsView: TurnItemsView, query: PageQuery): Page<Turn> {
    const { positions, ...cursors } = pageOf('turns', this.#turnPlaces, query);
    const data = positions.flatMap((position) => {
      const entry = this.#entries[position];
      const places = entry?.type === 'turnStarted' ? this.#turns.get(entry.turn.id) : undefined;
      return places === undefined ? [] : [this.#turnAt(places, itemsView)];
    });
    return { data, ...cursors };
  }

  /** A page of the items of one turn, or of all. */
  itemsPage(turnId: string | undefined, query: PageQuery): Page<ThreadItemEntry> {
    const places = turnId === undefined ? this.#itemPlaces : this.#turns.get(turnId)?.items;
    const { positions, ...cursors } = pageOf('items', places ?? [], query);
    const data = positions.flatMap((position): ThreadItemEntry[] => {
      const entry = this.#entries[position];
      if (entry?.type !== 'item') return [];
      const { item } = entry;
      const { startedAtMs, completedAtMs } = item;
      return [{ turnId: entry.turnId, item, startedAtMs, completedAtMs }];
    });
    return { data, ...cursors };
  }

  /** What happened in voice sessions, in order. */
  voiceEntries(): readonly ThreadRealtimeEntry[] {
    return Array.from(this.#voiceItems.values()).flatMap(({ position, observedAtMs }) => {
      const entry = this.#entries[position];
      if (entry?.type !== 'realtime') return [];
      const { item } = entry;
      return [{ position, item: observedAtMs === undefined ? item : { ...item, observedAtMs } }];
    });
  }

  /** Cursors with which pages that go towards the beginning start with what is the newest now. */
  get newestCursors(): { readonly turns: string | null; readonly items: string | null } {
    return {
      turns: newestCursor('turns', this.#turnPlaces),
      items: newestCursor('items', this.#itemPlaces),
    };
  }

  /** Where an item of that turn stands in the timeline. */
  placeOfItem(turnId: string, itemId: string): number | undefined {
    return this.#turns.get(turnId)?.items.find((position) => this.#itemAt(position)?.id === itemId);
  }

  #turnAt({ started, ended, items: places }: TurnPlaces, itemsView: TurnItemsView): Turn {
    const entry = this.#entries[ended ?? started];
    if (entry?.type !== 'turnStarted' && entry?.type !== 'turnCompleted') {
      throw new TypeError('A turn stands where none is.');
    }
    if (itemsView === 'notLoaded') return { ...entry.turn, items: [], itemsView };
    const items = places.flatMap((position) => this.#itemAt(position) ?? []);
    return {
      ...entry.turn,
      items: itemsView === 'full' ? items : summaryOf(items),
      itemsView,
    };
  }

  #itemAt(position: number): ThreadItem | undefined {
    const entry = this.#entries[position];
    return entry?.type === 'item' ? entry.item : undefined;
  }

  /** The voice session that was running before this place of the timeline, if one was. */
  realtimeSessionAt(position: number): string | undefined {
    let session: string | undefined;
    for (const entry of this.#entries.slice(0, position)) {
      if (entry.type === 'realtime') session = sessionAfter(entry.item, session);
    }
    return session;
  }
}

const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;

function sessionAfter(item: RealtimeTimelineItem, before: string | undefined): string | undefined {
  if (item.type === 'realtimeSessionStarted') return item.realtimeSessionId;
  return item.type === 'realtimeSessionClosed' ? undefined : before;
}

/** What the user said first, and what was answered last (app-server §5). */
function summaryOf(items: readonly ThreadItem[]): ThreadItem[] {
  const said = items.find(({ type }) => type === 'userMessage');
  const answered = items.findLast(({ type }) => type === 'agentMessage');
  return [said, answered].flatMap((item) => item ?? []);
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

/** What people can be shown of a thread. */
export type Conversation = Pick<
  Timeline,
  | 'entries'
  | 'turns'
  | 'turnsPage'
  | 'itemsPage'
  | 'voiceEntries'
  | 'newestCursors'
  | 'placeOfItem'
  | 'isRunning'
  | 'queuedTurns'
  | 'realtimeSessionAt'
>;
