import {
  advance,
  type DecodedLine,
  decodeLine,
  isOwnType,
  startSummary,
  type ThreadSummary,
  timeOf,
} from './journalLines.ts';
import { type JournalRecord, type StoredRecord, VERBATIM_RECORD } from './types.ts';

export type JournalReaderPorts = {
  /** A line as it was before its pictures were set aside. */
  readonly putBack: (line: string) => string;
  /** A line that looked whole turned out to be damaged when it was read. */
  readonly onDamaged: () => void;
};

export type ReadJournal = ThreadSummary & {
  readonly records: readonly StoredRecord[];
  /** How many of the records are lines that are damaged at sight. */
  readonly damagedLines: number;
};

/**
 * Goes over a whole file. A last line without its end was torn by a crash and does not count; a damaged
 * line in between keeps its place. undefined when the first line is not a thread's.
 *
 * A long conversation has tens of thousands of lines, and whoever opens it looks at the newest: a line of the
 * form that we write is parsed when somebody reads it, any other at once.
 */
export function readJournal(bytes: Buffer, ports: JournalReaderPorts): ReadJournal | undefined {
  const lines = new JournalBytes(bytes, ports);
  const records: StoredLine[] = [];
  let summary: ThreadSummary | undefined;
  let damagedLines = 0;
  /** Where the records begin that stand behind the last line of the store's own, of which the time of the last counts. */
  let since = 0;
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const unread = summary === undefined ? undefined : lines.unreadAt(start, end);
    if (unread !== undefined) {
      records.push(unread);
    } else {
      const line = lines.decode(start, end);
      if (summary === undefined) {
        summary = line && startSummary(line);
        if (summary === undefined) return undefined;
      } else if (line !== undefined && isOwnType(line.type)) {
        summary = advance(upTo(summary, records, since), line);
        since = records.length;
      } else {
        if (line === undefined) damagedLines += 1;
        records.push(new StoredLine(lines, start, end, typeOf(line)));
      }
    }
    start = end + 1;
  }
  return summary && { ...upTo(summary, records, since), records, damagedLines };
}

/** As of the last of these records that has a time. */
function upTo(
  summary: ThreadSummary,
  records: readonly StoredLine[],
  since: number,
): ThreadSummary {
  for (let index = records.length - 1; index >= since; index -= 1) {
    const updatedAtMs = records[index]?.timeMs();
    if (updatedAtMs !== undefined) return { ...summary, updatedAtMs };
  }
  return summary;
}

/** A payload with a type of its own is not ours, and would lose it as a record. */
const typeOf = (line: DecodedLine | undefined): string =>
  line === undefined || 'type' in line.payload ? VERBATIM_RECORD : line.type;

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const SLASH = 0x2f;
const COLON = 0x3a;
const LETTER_T = 0x74;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const BACKSLASH = 0x5c;
const LAST_OF_ASCII = 0x7f;

/** More than there are; a file of other origin may have one a line. */
const KNOWN_TYPES = 32;

/** How we write a line: `{"timestamp":"…","type":"…","payload":{…}}`. */
const TIMESTAMP_AT = '{"timestamp":"'.length;
const TIMESTAMP_BYTES = 'yyyy-mm-ddThh:mm:ss.sssZ'.length;
const TYPE_AT = TIMESTAMP_AT + TIMESTAMP_BYTES + '","type":"'.length;
const PAYLOAD_BEHIND_TYPE = '","payload":'.length;
const PAYLOAD_TYPE = Buffer.from('{"type":');
const OWN_TYPE_SLASH_AT = 'store'.length;

/** The lines of a file as bytes: to make text of them takes longer than to find out what they are. */
class JournalBytes {
  readonly #bytes: Buffer;
  readonly #ports: JournalReaderPorts;
  readonly #types: { readonly bytes: Buffer; readonly type: string }[] = [];
  readonly #marks = new Map<string, Buffer>();
  /** The next byte that no line of ours has, and that a disk leaves which has lost a block. */
  #nextNul: number;
  #word = { start: 0, text: '' };

  constructor(bytes: Buffer, ports: JournalReaderPorts) {
    this.#bytes = bytes;
    this.#ports = ports;
    this.#nextNul = bytes.indexOf(0);
  }

  /**
   * A record of ours that can be read later; undefined for any other line, and for one that looks damaged. Of what is the
   * same in all lines a few bytes are looked at: what they let through shows when it is read.
   */
  unreadAt(start: number, end: number): StoredLine | undefined {
    const bytes = this.#bytes;
    const typeAt = start + TYPE_AT;
    const isOfOurForm =
      bytes[start] === BRACE &&
      bytes[start + 2] === LETTER_T &&
      bytes[typeAt - 1] === QUOTE &&
      bytes[typeAt - 2] === COLON &&
      bytes[typeAt - 9] === COMMA &&
      bytes[end - 1] === CLOSING_BRACE &&
      bytes[end - 2] === CLOSING_BRACE &&
      bytes[typeAt + OWN_TYPE_SLASH_AT] !== SLASH &&
      !this.#hasNul(start, end);
    if (!isOfOurForm) return undefined;
    const type = this.#typeAt(typeAt, end);
    const payloadAt = typeAt + type.length + PAYLOAD_BEHIND_TYPE;
    const isRecord =
      bytes[payloadAt - 1] === COLON &&
      bytes[payloadAt - 2] === QUOTE &&
      bytes[payloadAt] === BRACE &&
      !this.#has(PAYLOAD_TYPE, payloadAt);
    return isRecord ? new StoredLine(this, start, end, type, payloadAt) : undefined;
  }

  decode(start: number, end: number): DecodedLine | undefined {
    return decodeLine(this.#ports.putBack(this.text(start, end)));
  }

  text(start: number, end: number): string {
    return this.#bytes.toString('utf8', start, end);
  }

  damaged(): void {
    this.#ports.onDamaged();
  }

  /** See `StoredRecord`; `at` is where a payload begins. */
  wordsBehind(beginnings: readonly string[], at: number): readonly string[] | undefined {
    const words: string[] = [];
    let place = at;
    for (const beginning of beginnings) {
      const mark = this.#markOf(beginning);
      const word = this.#has(mark, place) ? this.#wordAt(place + mark.byteLength) : undefined;
      if (word === undefined) return undefined;
      words.push(word);
      place += mark.byteLength + word.length;
    }
    return words;
  }

  #markOf(beginning: string): Buffer {
    let mark = this.#marks.get(beginning);
    if (mark === undefined) {
      mark = Buffer.from(beginning);
      this.#marks.set(beginning, mark);
    }
    return mark;
  }

  #wordAt(start: number): string | undefined {
    // The items of a turn name the same turn one after the other.
    const { text, start: other } = this.#word;
    if (text !== '' && this.#bytes[start + text.length] === QUOTE && this.#isSame(start, other)) {
      return text;
    }
    let end = start;
    for (let byte = this.#bytes[end]; byte !== QUOTE; byte = this.#bytes[end]) {
      if (byte === undefined || byte === BACKSLASH || byte > LAST_OF_ASCII) return undefined;
      end += 1;
    }
    this.#word = { start, text: this.#bytes.toString('latin1', start, end) };
    return this.#word.text;
  }

  #isSame(start: number, other: number): boolean {
    for (let index = 0; index < this.#word.text.length; index += 1) {
      if (this.#bytes[start + index] !== this.#bytes[other + index]) return false;
    }
    return true;
  }

  /** There are few types, and a string of each is enough. */
  #typeAt(start: number, end: number): string {
    for (const known of this.#types) {
      if (this.#bytes[start + known.bytes.byteLength] === QUOTE && this.#has(known.bytes, start)) {
        return known.type;
      }
    }
    const quote = this.#bytes.indexOf(QUOTE, start);
    const type = this.#bytes.toString('latin1', start, Math.min(quote, end));
    if (this.#types.length < KNOWN_TYPES) {
      this.#types.push({ bytes: Buffer.from(type, 'latin1'), type });
    }
    return type;
  }

  #hasNul(start: number, end: number): boolean {
    while (this.#nextNul >= 0 && this.#nextNul < start) {
      this.#nextNul = this.#bytes.indexOf(0, this.#nextNul + 1);
    }
    return this.#nextNul >= 0 && this.#nextNul < end;
  }

  #has(part: Buffer, at: number): boolean {
    for (let index = 0; index < part.byteLength; index += 1) {
      if (this.#bytes[at + index] !== part[index]) return false;
    }
    return true;
  }
}

class StoredLine implements StoredRecord {
  readonly type: string;
  readonly #lines: JournalBytes;
  readonly #start: number;
  readonly #end: number;
  /** Where its payload begins; undefined for a line that is not of our form. */
  readonly #payloadAt: number | undefined;

  constructor(lines: JournalBytes, start: number, end: number, type: string, payloadAt?: number) {
    this.#lines = lines;
    this.#start = start;
    this.#end = end;
    this.type = type;
    this.#payloadAt = payloadAt;
  }

  read(): JournalRecord {
    const line = this.#lines.decode(this.#start, this.#end);
    if (line === undefined && this.type !== VERBATIM_RECORD) this.#lines.damaged();
    if (line === undefined || typeOf(line) === VERBATIM_RECORD) {
      return { type: VERBATIM_RECORD, line: this.#lines.text(this.#start, this.#end) };
    }
    return { ...line.payload, type: line.type };
  }

  wordsBehind(beginnings: readonly string[]): readonly string[] | undefined {
    return this.#payloadAt === undefined
      ? undefined
      : this.#lines.wordsBehind(beginnings, this.#payloadAt);
  }

  timeMs(): number | undefined {
    if (this.#payloadAt === undefined) {
      const line = this.#lines.decode(this.#start, this.#end);
      return line && timeOf(line);
    }
    const at = this.#start + TIMESTAMP_AT;
    const ms = Date.parse(this.#lines.text(at, at + TIMESTAMP_BYTES));
    return Number.isNaN(ms) ? undefined : ms;
  }
}
