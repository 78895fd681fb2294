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
  TurnPlan,
} from '../../protocol/index.ts';
import { type AnyRecord, lineOfVoice, readAs } from './filedRecord.ts';
import { cursorOf, newestCursor, pageOf, type PageQuery } from './pages.ts';
import { asCutOff, TimelineEntries } from './timelineEntries.ts';

const PREVIEW_CHARS = 200;
const SESSION_STARTED = 'realtimeSessionStarted';
const USER_MESSAGE = 'userMessage';
/** Where no entry stands. */
const NOWHERE = -1;

/** Places of a turn in the timeline. */
type TurnPlaces = {
  readonly started: number;
  ended: number | undefined;
  readonly items: number[];
};

type VoiceItem = {
  readonly position: number;
  /** As long as nobody has asked when it happened. */
  first?: AnyRecord | undefined;
  observedAtMs?: number | undefined;
};

/** A page of a list, and how to go on from both of its ends. */
export type Page<Entry> = {
  readonly data: Entry[];
  readonly nextCursor: string | null;
  readonly backwardsCursor: string | null;
};

/** What people see of a thread: typed turns and voice in one order. Entries keep their places for good. */
export class Timeline {
  readonly #entries = new TimelineEntries();
  /** By id, in the order in which they began. */
  readonly #turns = new Map<string, TurnPlaces>();
  /** By where they began. */
  readonly #turnsAt = new Map<number, TurnPlaces>();
  /** Where turns began, and where items stand. */
  readonly #turnPlaces: number[] = [];
  readonly #itemPlaces: number[] = [];
  /** Items of voice sessions by id, in order: where they stand, and what they were first. */
  readonly #voiceItems = new Map<string, VoiceItem>();
  /** Where voice sessions began and ended. */
  readonly #voiceSessions: { readonly position: number; readonly item: RealtimeTimelineItem }[] =
    [];
  /** Turns without an end, and where they began. */
  readonly #running = new Map<string, number>();
  /** Turns that have not begun; they get their place when they do, or when they end before. */
  readonly #queued = new Map<string, Turn>();

  queue(turn: Turn, items: readonly ThreadItem[]): void {
    this.#queued.set(turn.id, { ...turn, items: [...items], itemsView: 'full' });
  }

  /** Turns run one after the other: what has no end when the next begins was cut off. */
  start(turnId: string, record: AnyRecord): void {
    for (const left of this.#running.size === 0 ? [] : Array.from(this.#running.keys())) {
      this.complete(left);
    }
    this.#queued.delete(turnId);
    this.#open(turnId, record);
  }

  #open(turnId: string, record: AnyRecord): void {
    const started = this.#entries.add('turnStarted', record);
    this.#running.set(turnId, started);
    if (this.#turns.has(turnId)) return;
    const places: TurnPlaces = { started, ended: undefined, items: [] };
    this.#turns.set(turnId, places);
    this.#turnsAt.set(started, places);
    this.#turnPlaces.push(started);
  }

  /** One whose end nobody has written down was cut off. */
  complete(turnId: string, record?: AnyRecord): void {
    const queued = this.#queued.get(turnId);
    if (queued !== undefined) this.#placeQueued(queued);
    const ended = this.#entries.add('turnCompleted', record, this.#running.get(turnId));
    this.#running.delete(turnId);
    const places = this.#turns.get(turnId);
    if (places !== undefined) places.ended = ended;
  }

  /** It ends without having begun: what was asked is shown all the same. */
  #placeQueued({ items, ...queued }: Turn): void {
    this.#queued.delete(queued.id);
    const turn: Turn = { ...queued, items: [], itemsView: 'notLoaded' };
    this.#open(turn.id, { type: 'turnStarted', turn });
    for (const item of items) this.placeItem(turn.id, { type: 'item', turnId: turn.id, item });
  }

  placeItem(turnId: string, record: AnyRecord): void {
    const position = this.#entries.add('item', record);
    // One without its turn, from a file that was edited by hand, is shown in the timeline alone.
    const turn = this.#turns.get(turnId);
    if (turn === undefined) return;
    turn.items.push(position);
    this.#itemPlaces.push(position);
  }

  /** The newest plan stands where its turn began, and is handed on to where it ends. */
  plan(turnId: string, read: () => TurnPlan | undefined): void {
    this.#describe(turnId, (turn) => {
      const plan = read();
      return plan === undefined ? turn : { ...turn, plan };
    });
  }

  /** What people were asked stands where the plan does, and says itself behind which item it belongs. */
  placeSettled(turnId: string, read: () => SettledRequest | undefined): void {
    const place = this.#turns.get(turnId)?.items.at(-1) ?? NOWHERE;
    this.#describe(turnId, (turn) => {
      const settled = read();
      if (settled === undefined) return turn;
      const placed = { ...settled, afterItemId: this.#entries.itemAt(place)?.id ?? null };
      return { ...turn, settledRequests: [...(turn.settledRequests ?? []), placed] };
    });
  }

  #describe(turnId: string, change: (turn: Turn) => Turn): void {
    const position = this.#running.get(turnId);
    if (position !== undefined) this.#entries.changeTurn(position, change);
  }

  get #begun(): readonly Turn[] {
    return Array.from(this.#running.values()).flatMap(
      (position) => this.#entries.of(position, 'turnStarted')?.turn ?? [],
    );
  }

  /** An item that is known already is brought up to date where it stands (how far it was heard, say). */
  placeRealtime(id: string, record: AnyRecord): void {
    const known = this.#voiceItems.get(id);
    if (known !== undefined) {
      this.#entries.updateRealtime(known.position, record);
      return;
    }
    const position = this.#entries.add('realtime', record);
    // It happened when it was first known.
    this.#voiceItems.set(id, { position, first: record });
    if (lineOfVoice(record) !== undefined) return;
    const item = readAs(record, 'realtime')?.item;
    if (item !== undefined && isOfSession(item)) this.#voiceSessions.push({ position, item });
  }

  /** How many entries there are. */
  get length(): number {
    return this.#entries.length;
  }

  /** Entries from one place up to another; damaged ones are left out. */
  entries(from = 0, until = this.length): readonly TimelineEntry[] {
    return this.#entries.slice(from, until);
  }

  /** The entries from the newest on, each read when it is asked for. */
  *newestFirst(): Generator<TimelineEntry> {
    for (let position = this.length - 1; position >= 0; position -= 1) {
      const entry = this.#entries.at(position);
      if (entry !== undefined) yield entry;
    }
  }

  /** The items of a kind from the newest on, for which no other has to be read. */
  *newestItems(kind: ThreadItem['type']): Generator<TimelineEntry> {
    for (const position of this.#itemPlaces.toReversed()) {
      const isWanted = this.#entries.kindAt(position) === kind;
      const entry = isWanted ? this.#entries.at(position) : undefined;
      if (entry !== undefined) yield entry;
    }
  }

  /** First words of the user, typed or spoken; empty before there are any. */
  get preview(): string {
    const [first = ''] = this.userWords();
    return textHead(first, PREVIEW_CHARS);
  }

  /** What the user has said, typed or spoken, in order. */
  *userWords(): Generator<string> {
    for (let position = 0; position < this.length; position += 1) {
      const isUsers =
        this.#entries.typeAt(position) === 'realtime' ||
        this.#entries.kindAt(position) === USER_MESSAGE;
      const entry = isUsers ? this.#entries.at(position) : undefined;
      const text = entry?.type === 'item' ? wordsOf(entry.item) : spokenWords(entry);
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

  get hasTurns(): boolean {
    return this.#turns.size > 0;
  }

  /** The turns with all their items. */
  turns(): readonly Turn[] {
    return Array.from(this.#turns.values()).flatMap((places) => this.#turnAt(places, 'full') ?? []);
  }

  /** A page of the turns. */
  turnsPage(itemsView: TurnItemsView, query: PageQuery): Page<Turn> {
    const { positions, ...cursors } = pageOf('turns', this.#turnPlaces, query);
    const data = positions.flatMap((position) => {
      const places = this.#turnsAt.get(position);
      return (places && this.#turnAt(places, itemsView)) ?? [];
    });
    return { data, ...cursors };
  }

  /** A page of the items of one turn, or of all. */
  itemsPage(turnId: string | undefined, query: PageQuery): Page<ThreadItemEntry> {
    const places = turnId === undefined ? this.#itemPlaces : this.#turns.get(turnId)?.items;
    const { positions, ...cursors } = pageOf('items', places ?? [], query);
    const data = positions.flatMap((position): ThreadItemEntry[] => {
      const entry = this.#entries.of(position, 'item');
      if (entry === undefined) return [];
      const { item } = entry;
      const { startedAtMs, completedAtMs } = item;
      return [{ turnId: entry.turnId, item, startedAtMs, completedAtMs }];
    });
    return { data, ...cursors };
  }

  /** What happened in voice sessions, in order. */
  voiceEntries(): readonly ThreadRealtimeEntry[] {
    return Array.from(this.#voiceItems.values()).flatMap((voice) => {
      const { position, first } = voice;
      if (first !== undefined) voice.observedAtMs = readAs(first, 'realtime')?.observedAtMs;
      voice.first = undefined;
      const { observedAtMs } = voice;
      const item = this.#entries.of(position, 'realtime')?.item;
      if (item === undefined) return [];
      return [{ position, item: observedAtMs === undefined ? item : { ...item, observedAtMs } }];
    });
  }

  /** The ids of what happened in voice sessions. */
  get voiceIds(): Iterable<string> {
    return this.#voiceItems.keys();
  }

  /** Cursors with which pages that go towards the beginning start with what is the newest now. */
  get newestCursors(): { readonly turns: string | null; readonly items: string | null } {
    return {
      turns: newestCursor('turns', this.#turnPlaces),
      items: newestCursor('items', this.#itemPlaces),
    };
  }

  /** Begins a page of turns with the one that a place of the timeline is in, or that went before it. */
  turnCursorAt(position: number): string {
    const [first = 0] = this.#turnPlaces;
    const started = this.#turnPlaces.findLast((place) => place <= position) ?? first;
    return cursorOf('turns', { position: started, isIncluded: true });
  }

  /** Where an item of that turn stands in the timeline. */
  placeOfItem(turnId: string, itemId: string): number | undefined {
    return this.#turns
      .get(turnId)
      ?.items.find((position) => this.#entries.itemAt(position)?.id === itemId);
  }

  #turnAt(
    { started, ended, items: places }: TurnPlaces,
    itemsView: TurnItemsView,
  ): Turn | undefined {
    const { turn } =
      this.#entries.of(ended ?? NOWHERE, 'turnCompleted') ??
      this.#entries.of(started, 'turnStarted') ??
      {};
    if (turn === undefined) return undefined;
    return { ...turn, items: this.#itemsAt(places, itemsView), itemsView };
  }

  #itemsAt(places: readonly number[], itemsView: TurnItemsView): ThreadItem[] {
    if (itemsView === 'notLoaded') return [];
    const shown = itemsView === 'full' ? places : this.#summaryOf(places);
    return shown.flatMap((position) => this.#entries.itemAt(position) ?? []);
  }

  /** What the user said first, and what was answered last (app-server §5). */
  #summaryOf(places: readonly number[]): readonly number[] {
    const said = places.find((position) => this.#entries.kindAt(position) === USER_MESSAGE);
    const answered = places.findLast(
      (position) => this.#entries.kindAt(position) === 'agentMessage',
    );
    return [said, answered].flatMap((position) => position ?? []);
  }

  /** Where the newest voice session began. */
  get voiceBeginning(): TimelineEntry | undefined {
    const began = this.#voiceSessions.findLast(({ item }) => item.type === SESSION_STARTED);
    return began && this.#entries.at(began.position);
  }

  /** The voice session that was running before this place of the timeline, if one was. */
  realtimeSessionAt(position: number): string | undefined {
    let session: string | undefined;
    for (const { position: place, item } of this.#voiceSessions) {
      if (place < position) session = sessionAfter(item, session);
    }
    return session;
  }
}

const isOfSession = ({ type }: RealtimeTimelineItem): boolean =>
  type === SESSION_STARTED || type === 'realtimeSessionClosed';

function sessionAfter(item: RealtimeTimelineItem, before: string | undefined): string | undefined {
  if (item.type === SESSION_STARTED) return item.realtimeSessionId;
  return item.type === 'realtimeSessionClosed' ? undefined : before;
}

/** The user's own words in an item; empty for items of others. */
function wordsOf(item: ThreadItem): string {
  if (item.type !== 'userMessage') return '';
  return item.content
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim();
}

function spokenWords(entry: TimelineEntry | undefined): string {
  if (entry?.type !== 'realtime' || entry.item.type !== 'transcriptSegment') return '';
  return entry.item.role === 'user' ? entry.item.text.trim() : '';
}

/** What people can be shown of a thread. */
export type Conversation = Pick<
  Timeline,
  | 'length'
  | 'entries'
  | 'newestFirst'
  | 'newestItems'
  | 'hasTurns'
  | 'turns'
  | 'turnsPage'
  | 'itemsPage'
  | 'voiceEntries'
  | 'voiceIds'
  | 'voiceBeginning'
  | 'newestCursors'
  | 'placeOfItem'
  | 'turnCursorAt'
  | 'isRunning'
  | 'queuedTurns'
  | 'realtimeSessionAt'
>;
