import { describe, expect, test } from 'vitest';

import {
  HEAD_BYTES,
  looksLikeJournal,
  metaLine,
  nameLine,
  previewLine,
  recordLine,
  summarizeJournal,
  type ThreadSummary,
} from './journalLines.ts';
import { readJournal } from './journalReading.ts';
import type { ThreadMeta } from './types.ts';

const meta: ThreadMeta = {
  id: 'a',
  createdAtMs: 1,
  cwd: '/',
  model: 'm',
  modelProvider: 'p',
  originator: 'o',
  source: 's',
  threadSource: 'user',
};
const records = [
  { type: 'one', text: 'grün\n' },
  { type: 'two', list: [1, { deep: null }] },
  { type: 'three' },
];
const [one = '', two = '', three = ''] = records.map((record, index) =>
  recordLine(2000 + index, record),
);
const UNDAMAGED = {
  putBack: (line: string) => line,
  onDamaged: () => {
    throw new Error('a line is damaged');
  },
};

/** What a file says, its records read. */
function decodeJournal(
  content: string,
): (ThreadSummary & { readonly records: object[]; readonly damagedLines: number }) | undefined {
  let found = 0;
  const journal = readJournal(Buffer.from(content), {
    putBack: (line) => line,
    onDamaged: () => {
      found += 1;
    },
  });
  if (journal === undefined) return undefined;
  const { damagedLines, ...rest } = journal;
  return {
    ...rest,
    records: journal.records.map((record) => record.read()),
    damagedLines: damagedLines + found,
  };
}
const file =
  metaLine(1000, meta) + one + previewLine(1500, 'words') + two + nameLine(1600, 'name') + three;

describe("a thread's file", () => {
  test('gives back what was written', () => {
    expect(decodeJournal(file)).toEqual({
      meta,
      updatedAtMs: 2002,
      preview: 'words',
      name: 'name',
      records,
      damagedLines: 0,
    });
  });

  test('cut at any byte, gives a beginning of the records and the same summary both ways', () => {
    const bytes = Buffer.from(file);
    for (let length = 0; length <= bytes.byteLength; length += 1) {
      const content = bytes.subarray(0, length).toString('utf8');
      const decoded = decodeJournal(content);
      const summary = summarizeJournal(content);
      const { records: found = [], damagedLines, ...rest } = decoded ?? {};

      expect(found).toEqual(records.slice(0, found.length));
      expect(damagedLines ?? 0).toBe(0);
      expect(summary).toEqual(decoded === undefined ? undefined : rest);
    }
  });

  test('tells words of a record that nobody has read, and none that is written otherwise', () => {
    const record = { type: 'item', turnId: 't1', item: { type: 'message', id: 'i "1"' } };
    const line = recordLine(2000, record);
    const spaced = line.replace('"payload":{', '"payload": {');
    const escaped = recordLine(2000, { ...record, turnId: 't\n1' });
    const foreign = recordLine(2000, { ...record, turnId: 'tür' });
    const journal = readJournal(
      Buffer.from(metaLine(1, meta) + line + spaced + escaped + foreign),
      UNDAMAGED,
    );
    const kind = ['{"turnId":"', '","item":{"type":"'];
    const words = journal?.records.map((each) => each.wordsBehind(kind));

    expect(words).toEqual([['t1', 'message'], undefined, undefined, undefined]);
    const [first] = journal?.records ?? [];
    expect(first?.wordsBehind(['{"turnId":"', '","other":"'])).toBeUndefined();
    expect(first?.wordsBehind([...kind, '","id":"'])).toBeUndefined();
    expect(journal?.records.map((each) => each.read())).toEqual([
      record,
      record,
      { ...record, turnId: 't\n1' },
      { ...record, turnId: 'tür' },
    ]);
  });

  test('keeps the last good name and preview when a later one is damaged', () => {
    const broken = `${file}${recordLine(3000, { type: 'store/name', name: 5 })}${recordLine(3000, { type: 'store/preview' })}`;

    expect(summarizeJournal(broken)).toMatchObject({ name: 'name', preview: 'words' });
    expect(decodeJournal(broken)).toMatchObject({ name: 'name', preview: 'words' });
  });

  test('can be emptied of its name', () => {
    expect(summarizeJournal(file + nameLine(3000, null))).toMatchObject({ name: null });
  });

  test.for([
    ['nothing', ''],
    ['no first line of ours', one + metaLine(1, meta)],
    ['a first line without an id', recordLine(1, { type: 'store/meta', cwd: '/' })],
  ] as const)('with %s is no thread', ([, content]) => {
    expect(decodeJournal(content)).toBeUndefined();
    expect(summarizeJournal(content)).toBeUndefined();
  });

  test('is told from a foreign one by its first bytes', () => {
    expect(looksLikeJournal(file.slice(0, HEAD_BYTES))).toBe(true);
    expect(looksLikeJournal(one.slice(0, HEAD_BYTES))).toBe(false);
    expect(looksLikeJournal('{"timestamp":"2026-01-01T00:00:00.000Z","type":"session_meta"')).toBe(
      false,
    );
  });
});
