import type { ThreadItem, TimelineEntry, Turn } from '../../protocol/index.ts';
import { type AnyRecord, kindOfItem, readAs } from './filedRecord.ts';

type EntryOf<Type extends TimelineEntry['type']> = Extract<TimelineEntry, { type: Type }>;

/** An entry that nobody has looked at; a class so that it is told from an entry at little cost, and small, because there are very many. */
class UnreadEntry {
  readonly type: TimelineEntry['type'];
  readonly record: AnyRecord | undefined;
  readonly started: number | undefined;
  /** What came to be known of the turn that it begins. */
  changes: ((turn: Turn) => Turn)[] | undefined;

  constructor(type: TimelineEntry['type'], record: AnyRecord | undefined, started?: number) {
    this.type = type;
    this.record = record;
    this.started = started;
    this.changes = undefined;
  }
}

const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;

/** As a turn is where nobody runs it any more. */
export const asCutOff = (turn: Turn): Turn => ({
  ...turn,
  items: [],
  itemsView: 'notLoaded',
  status: 'interrupted',
});

/**
 * The entries of a timeline, which keep their places for good. Each is read when somebody looks at it, and kept then;
 * the place of one whose record is damaged stays empty.
 */
export class TimelineEntries {
  readonly #places: (TimelineEntry | UnreadEntry | undefined)[] = [];

  get length(): number {
    return this.#places.length;
  }

  /** Adds one at the end; returns its place. `started` is where the turn began that ends with it. */
  add(type: TimelineEntry['type'], record: AnyRecord | undefined, started?: number): number {
    return this.#places.push(new UnreadEntry(type, record, started)) - 1;
  }

  /** Something in a voice session is known better. */
  updateRealtime(position: number, record: AnyRecord): void {
    this.#places[position] = new UnreadEntry('realtime', record);
  }

  /** Changes the turn that begins there. */
  changeTurn(position: number, change: (turn: Turn) => Turn): void {
    const place = this.#places[position];
    if (place instanceof UnreadEntry) {
      place.changes ??= [];
      place.changes.push(change);
    } else if (place?.type === 'turnStarted') {
      this.#places[position] = { ...place, turn: change(place.turn) };
    }
  }

  at(position: number): TimelineEntry | undefined {
    const place = this.#places[position];
    if (!(place instanceof UnreadEntry)) return place;
    const entry = this.#read(place, position);
    this.#places[position] = entry;
    return entry;
  }

  of<Type extends TimelineEntry['type']>(position: number, type: Type): EntryOf<Type> | undefined {
    const entry = this.at(position);
    return isOfType(entry, type) ? entry : undefined;
  }

  itemAt(position: number): ThreadItem | undefined {
    return this.of(position, 'item')?.item;
  }

  /** What stands there; also where it turns out to be damaged, as long as nobody has looked. */
  typeAt(position: number): TimelineEntry['type'] | undefined {
    return this.#places[position]?.type;
  }

  /** What kind of item stands there, which is known without reading it; undefined for another entry. */
  kindAt(position: number): string | undefined {
    const place = this.#places[position];
    if (place?.type !== 'item') return undefined;
    if (!(place instanceof UnreadEntry)) return place.item.type;
    return place.record && kindOfItem(place.record);
  }

  slice(from: number, until: number): readonly TimelineEntry[] {
    const entries: TimelineEntry[] = [];
    for (let position = from; position < Math.min(until, this.length); position += 1) {
      const entry = this.at(position);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  #read(
    { type, record, started, changes }: UnreadEntry,
    position: number,
  ): TimelineEntry | undefined {
    switch (type) {
      case 'turnStarted': {
        const read = record && readAs(record, type);
        if (read === undefined) return undefined;
        const turn = (changes ?? []).reduce((before, change) => change(before), read.turn);
        return { type, position, turn };
      }
      case 'turnCompleted': {
        const turn = this.#endOf(record, started);
        return turn && { type, position, turn };
      }
      case 'item': {
        const read = record && readAs(record, type);
        return read && { type, position, turnId: read.turnId, item: read.item };
      }
      case 'realtime': {
        const read = record && readAs(record, type);
        return read && { type, position, item: read.item };
      }
    }
  }

  /** A turn whose end cannot be read was cut off; what came to be known of it while it ran it is shown with at its end. */
  #endOf(record: AnyRecord | undefined, started: number | undefined): Turn | undefined {
    const begun = started === undefined ? undefined : this.of(started, 'turnStarted')?.turn;
    const read = record && readAs(record, 'turnCompleted');
    const turn = read?.turn ?? (begun && asCutOff(begun));
    const { plan, settledRequests } = begun ?? {};
    return (
      turn && {
        ...turn,
        ...(isGiven(plan) && { plan }),
        ...(isGiven(settledRequests) && { settledRequests }),
      }
    );
  }
}

const isOfType = <Type extends TimelineEntry['type']>(
  entry: TimelineEntry | undefined,
  type: Type,
): entry is EntryOf<Type> => entry?.type === type;
