import type { ThreadItem, TimelineEntry, Turn } from '../../protocol/index.ts';
import { type AnyRecord, kindOfItem, readAs } from './filedRecord.ts';

type EntryOf<Type extends TimelineEntry['type']> = Extract<TimelineEntry, { type: Type }>;

/** Reads the entry of that place; undefined where its record turns out to be none. */
type Read = (position: number) => TimelineEntry | undefined;

/** An entry that nobody has looked at. */
class UnreadEntry {
  readonly type: TimelineEntry['type'];
  /** The item that it is, or may be. */
  readonly item: AnyRecord | undefined;
  readonly #read: Read;
  /** What came to be known of the turn that it begins. */
  #changes: ((turn: Turn) => Turn)[] | undefined;

  constructor(type: TimelineEntry['type'], read: Read, item?: AnyRecord) {
    this.type = type;
    this.#read = read;
    this.item = item;
  }

  change(change: (turn: Turn) => Turn): void {
    this.#changes ??= [];
    this.#changes.push(change);
  }

  read(position: number): TimelineEntry | undefined {
    let entry = this.#read(position);
    for (const change of this.#changes ?? []) entry = entry && changed(entry, change);
    return entry;
  }
}

const changed = (entry: TimelineEntry, change: (turn: Turn) => Turn): TimelineEntry =>
  entry.type === 'turnStarted' ? { ...entry, turn: change(entry.turn) } : entry;

/**
 * The entries of a timeline, which keep their places for good. Each is read when somebody looks at it, and kept then;
 * the place of one whose record is damaged stays empty.
 */
export class TimelineEntries {
  readonly #places: (TimelineEntry | UnreadEntry | undefined)[] = [];

  get length(): number {
    return this.#places.length;
  }

  /** Adds one at the end; returns its place. */
  add(type: 'turnStarted' | 'turnCompleted' | 'realtime', read: Read): number {
    return this.#places.push(new UnreadEntry(type, read)) - 1;
  }

  addItem(record: AnyRecord, turnId: string): number {
    const read: Read = (position) => {
      const item = readAs(record, 'item')?.item;
      return item && { type: 'item', position, turnId, item };
    };
    return this.#places.push(new UnreadEntry('item', read, record)) - 1;
  }

  replaceRealtime(position: number, read: Read): void {
    this.#places[position] = new UnreadEntry('realtime', read);
  }

  /** Changes the turn that begins there. */
  changeTurn(position: number, change: (turn: Turn) => Turn): void {
    const place = this.#places[position];
    if (place instanceof UnreadEntry) place.change(change);
    else this.#places[position] = place && changed(place, change);
  }

  at(position: number): TimelineEntry | undefined {
    const place = this.#places[position];
    if (!(place instanceof UnreadEntry)) return place;
    const entry = place.read(position);
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
    if (place instanceof UnreadEntry) return place.item && kindOfItem(place.item);
    return place?.type === 'item' ? place.item.type : undefined;
  }

  slice(from: number, until: number): readonly TimelineEntry[] {
    const entries: TimelineEntry[] = [];
    for (let position = from; position < Math.min(until, this.length); position += 1) {
      const entry = this.at(position);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }
}

const isOfType = <Type extends TimelineEntry['type']>(
  entry: TimelineEntry | undefined,
  type: Type,
): entry is EntryOf<Type> => entry?.type === type;
