import { expect, test } from 'vitest';

import { ConversationLog } from './conversationLog.ts';
import { recordsOfTheEnd } from './leftBehind.ts';
import { type FiledRecord, latestSettings, readAny } from './filedRecord.ts';
import { filed } from './testing/index.ts';

const message = (role: string, text: string): object => ({
  type: 'message',
  role,
  content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
});
const turn = {
  id: 't1',
  rootTurnId: 't1',
  items: [],
  itemsView: 'notLoaded',
  status: 'completed',
  error: null,
  startedAt: 1,
  completedAt: 2,
  durationMs: 1000,
};
const userItem = {
  type: 'userMessage',
  id: 'i1',
  clientId: null,
  content: [{ type: 'text', text: 'Hi', text_elements: [] }],
  startedAtMs: 1,
  completedAtMs: 1,
};

/** What a version that knows more than this one may have written. */
const later: readonly object[] = [
  { type: 'turnStarted', turn: { ...turn, status: 'inProgress', completedAt: null } },
  { type: 'item', turnId: 't1', item: userItem },
  { type: 'goal', text: 'Find out' },
  { type: 'item', turnId: 't1', item: { ...userItem, type: 'hologram', id: 'i2', volume: 3 } },
  {
    type: 'history',
    items: [
      message('user', 'Hi'),
      { type: 'hologram', volume: 3 },
      { ...message('user', 'from a tool'), role: 'tool' },
      message('assistant', 'Hello'),
    ],
  },
  { type: 'store/verbatim', line: '{"not":"a record"}' },
  { type: 'turnCompleted', turn },
];

test('a file of a later version keeps every line and every item in its place', () => {
  const records = later.map((raw) => readAny(filed(raw)));

  expect(records.map(({ type }) => type)).toEqual([
    'turnStarted',
    'item',
    'unknown',
    'unknown',
    'history',
    'unknown',
    'turnCompleted',
  ]);
  const asWritten = records.map((record) => (record.type === 'unknown' ? record.raw : record));
  expect([asWritten[2], asWritten[3], asWritten[5]]).toEqual([later[2], later[3], later[5]]);
});

test('it shows people what this version knows, and tells the model all that it was told', () => {
  const log = new ConversationLog();
  for (const record of later.map(filed)) log.apply(record);

  expect(log.timeline.turns()).toMatchObject([
    { id: 't1', status: 'completed', items: [{ id: 'i1' }] },
  ]);
  expect(log.history).toEqual([
    message('user', 'Hi'),
    { type: 'unknownItem', raw: { type: 'hologram', volume: 3 } },
    { type: 'unknownItem', raw: { ...message('user', 'from a tool'), role: 'tool' } },
    message('assistant', 'Hello'),
  ]);
});

test('a preview of long words ends between characters, since clients refuse half of one', () => {
  const log = new ConversationLog();
  const text = `a${'😀'.repeat(150)}`;
  const item = { type: 'transcriptSegment', id: 's1', realtimeSessionId: 'r', role: 'user', text };
  for (const record of [{ type: 'realtime', item }].map(filed)) log.apply(record);

  expect(log.timeline.preview).toBe(`a${'😀'.repeat(99)}`);
});

test('records that are written again are read the same', () => {
  const history = readAny(filed(later[4] ?? {}));
  const again: object = JSON.parse(JSON.stringify(history));

  expect(readAny(filed(again))).toEqual(history);
});

test('a replaced history is all the model knows, and people see what they saw', () => {
  const log = new ConversationLog();
  const replaced = {
    type: 'historyReplaced',
    reason: 'compaction',
    items: [message('user', 'Hi'), { type: 'compaction', encrypted_content: 'x' }],
  };
  const more = { type: 'history', items: [message('user', 'And now?')] };
  for (const record of [...later, replaced, more].map(filed)) log.apply(record);

  expect(log.history).toEqual([
    message('user', 'Hi'),
    { type: 'unknownItem', raw: { type: 'compaction', encrypted_content: 'x' } },
    message('user', 'And now?'),
  ]);
  expect(log.timeline.turns()).toMatchObject([{ items: [{ id: 'i1' }] }]);
});

test('a replaced history of a reason nobody has heard of counts, too', () => {
  const record = readAny(filed({ type: 'historyReplaced', reason: 'a whim', items: [] }));

  expect(record).toEqual({ type: 'historyReplaced', reason: 'a whim', items: [] });
});

test('settings are found among records nobody knows', () => {
  const settings = {
    type: 'settings',
    model: 'm',
    reasoningEffort: null,
    reasoningSummary: 'of a later kind',
    verbosity: null,
  };

  expect(latestSettings([settings, ...later].map(filed))).toMatchObject({
    model: 'm',
    reasoningSummary: null,
  });
});

test('what the model was told is read when it is asked for, in order, and not to open a conversation', () => {
  let reads = 0;
  const told = (text: string): FiledRecord => {
    const record = filed({ type: 'history', items: [message('user', text)] });
    return {
      ...record,
      read: () => {
        reads += 1;
        return record.read();
      },
    };
  };
  const log = new ConversationLog();
  for (const record of [told('One'), told('Two')]) log.apply(record);
  expect(recordsOfTheEnd(log)).toEqual([]);
  expect(reads).toBe(0);
  const texts = (): readonly string[] => log.history.map((item) => JSON.stringify(item));
  expect(texts()).toEqual([expect.stringContaining('One'), expect.stringContaining('Two')]);
  log.apply(told('Three'));
  expect(texts()).toHaveLength(3);
  expect(reads).toBe(3);

  log.apply(filed({ type: 'historyReplaced', items: [], reason: 'compaction' }));
  expect(texts()).toEqual([]);
});
