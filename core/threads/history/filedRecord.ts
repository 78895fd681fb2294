import { readRecord, type ThreadRecord } from './records.ts';

/**
 * A record of an earlier time as the thread's file has it. What it says is read when somebody looks at it: a page
 * shows fifty of ten thousand.
 */
export type FiledRecord = {
  readonly type: string;
  /**
   * Words in its JSON, each up to the next quote, by what stands before them: the first beginning is that of the JSON
   * behind the type, the next goes on at the quote. undefined where it does not read so.
   */
  wordsBehind(beginnings: readonly string[]): readonly string[] | undefined;
  /** What it says, in a form that nobody has looked at. */
  read(): unknown;
};

/** A record of this time, or of an earlier one. */
export type AnyRecord = ThreadRecord | FiledRecord;

const isFiled = (record: AnyRecord): record is FiledRecord => 'read' in record;

/** What a record says. */
export const readAny = (record: AnyRecord): ThreadRecord =>
  isFiled(record) ? readRecord(record.read()) : record;

/** What a record says if it is of that type, which one of the file may not be in spite of its own. */
export function readAs<Type extends ThreadRecord['type']>(
  record: AnyRecord,
  type: Type,
): Extract<ThreadRecord, { type: Type }> | undefined {
  const read = readAny(record);
  return isOfType(read, type) ? read : undefined;
}

const isOfType = <Type extends ThreadRecord['type']>(
  record: ThreadRecord,
  type: Type,
): record is Extract<ThreadRecord, { type: Type }> => record.type === type;

/** How records begin; the order is that in which we write. */
const TURN = ['{"turn":{"id":"'];
const TURN_OF_PART = ['{"turnId":"'];
const KIND_OF_ITEM = [...TURN_OF_PART, '","item":{"type":"'];
const LINE_OF_VOICE = ['{"item":{"id":"', '","realtimeSessionId":"', '","type":"'];

/** The turn that begins or ends with a record; undefined where it is not said. */
export function turnOf(
  record: AnyRecord,
  type: 'turnStarted' | 'turnCompleted',
): string | undefined {
  const [known] = wordsOf(record, TURN);
  return known ?? readAs(record, type)?.turn.id;
}

/** The turn that a record is part of; undefined where it is not said. */
export function turnAround(
  record: AnyRecord,
  type: 'item' | 'plan' | 'settledRequest' | 'fileChanges' | 'fileChangesUndone',
): string | undefined {
  const [known] = wordsOf(record, TURN_OF_PART);
  return known ?? readAs(record, type)?.turnId;
}

/** What kind of item it is. */
export function kindOfItem(record: AnyRecord): string | undefined {
  const [, known] = wordsOf(record, KIND_OF_ITEM);
  return known ?? readAs(record, 'item')?.item.type;
}

/** The line of a voice session that a record is of; undefined for one that has to be read to know. */
export function lineOfVoice(record: AnyRecord): string | undefined {
  const [id, , kind] = wordsOf(record, LINE_OF_VOICE);
  return kind === 'transcriptSegment' ? id : undefined;
}

const wordsOf = (record: AnyRecord, beginnings: readonly string[]): readonly string[] =>
  (isFiled(record) ? record.wordsBehind(beginnings) : undefined) ?? [];

/** The settings a thread was left with; undefined when they were never changed. */
export function latestSettings(
  records: readonly AnyRecord[],
): Extract<ThreadRecord, { type: 'settings' }> | undefined {
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const record = records[index];
    const settings = record?.type === 'settings' ? readAs(record, 'settings') : undefined;
    if (settings !== undefined) return settings;
  }
  return undefined;
}

/**
 * What of a thread's records the model of a provider can be told: where another one sealed a history, it is told
 * again what that stood for.
 */
export const readableBy = (
  records: readonly AnyRecord[],
  modelProvider: string,
): readonly AnyRecord[] =>
  records.filter((record) => {
    const replaced =
      record.type === 'historyReplaced' ? readAs(record, 'historyReplaced') : undefined;
    return (replaced?.sealedFor ?? modelProvider) === modelProvider;
  });
