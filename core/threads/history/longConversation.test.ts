import { beforeEach, expect, test } from 'vitest';

import { ConversationLog } from './conversationLog.ts';
import { type FiledRecord, latestSettings } from './filedRecord.ts';
import { forkOf } from './fork.ts';
import { recordsOfTheEnd } from './leftBehind.ts';
import { filed } from './testing/index.ts';

const TURNS = 2000;

let reads = 0;

beforeEach(() => {
  reads = 0;
});

function counted(raw: object): FiledRecord {
  const record = filed(raw);
  return {
    ...record,
    read: () => {
      reads += 1;
      return record.read();
    },
  };
}

const turn = (id: string, status: string): object => ({
  id,
  rootTurnId: id,
  items: [],
  itemsView: 'notLoaded',
  status,
  error: null,
  startedAt: 1,
  completedAt: status === 'inProgress' ? null : 2,
  durationMs: null,
});
const at = { startedAtMs: 1, completedAtMs: 1 };
const asked = (id: string): object => ({
  type: 'userMessage',
  id: `asked-${id}`,
  clientId: null,
  content: [{ type: 'text', text: `Question ${id}`, text_elements: [] }],
  ...at,
});
const answered = (id: string): object => ({
  type: 'agentMessage',
  id: `answer-${id}`,
  text: `Answer ${id}`,
  phase: null,
  memoryCitation: null,
  ...at,
});
const tokens = (totalTokens: number): object => ({
  totalTokens,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  outputTokens: 0,
  reasoningOutputTokens: 0,
});
const told = (text: string): object => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});

/** The records of a turn, as we write them. */
const recordsOfTurn = (id: string): object[] => [
  { type: 'turnStarted', turn: turn(id, 'inProgress') },
  { type: 'item', turnId: id, item: asked(id) },
  { type: 'history', items: [told(`Question ${id}`)] },
  { type: 'plan', turnId: id, explanation: null, plan: [{ step: id, status: 'completed' }] },
  { type: 'tokenUsage', total: tokens(7), last: tokens(5) },
  { type: 'item', turnId: id, item: answered(id) },
  { type: 'turnCompleted', turn: turn(id, 'completed') },
];

const spoken = (id: string): object => ({
  type: 'realtime',
  item: { id, realtimeSessionId: 'r', type: 'transcriptSegment', role: 'user', text: `Said ${id}` },
});

const long = Array.from({ length: TURNS }, (_, index) => [
  ...recordsOfTurn(`t${index}`),
  spoken(`s${index}`),
]).flat();

function logOf(records: readonly object[]): ConversationLog {
  const log = new ConversationLog();
  for (const record of records.map(counted)) log.apply(record);
  return log;
}

test('a long conversation is opened without reading what was said in it', () => {
  const { timeline } = logOf(long);

  expect(reads).toBe(0);
  expect(timeline.hasTurns).toBe(true);
  expect(recordsOfTheEnd(logOf(long))).toEqual([]);
  expect(latestSettings(long.map(counted))).toBeUndefined();
  expect(reads).toBe(0);
});

test('a page of it reads its own records alone, once', () => {
  const { timeline } = logOf(long);
  const page = timeline.turnsPage('summary', { limit: 20, direction: 'desc' });
  const first = reads;
  timeline.turnsPage('summary', { limit: 20, direction: 'desc' });

  expect(page.data.map(({ id }) => id).slice(0, 2)).toEqual(['t1999', 't1998']);
  expect(page.data[0]).toMatchObject({
    status: 'completed',
    items: [{ id: 'asked-t1999' }, { id: 'answer-t1999' }],
    plan: { plan: [{ step: 't1999' }] },
  });
  // Of each turn its beginning, its end, its plan and two items.
  expect(first).toBe(20 * 5);
  expect(reads).toBe(first);
});

test('entries, items and first words of it are read as far as they are shown', () => {
  const { timeline } = logOf(long);

  expect(timeline.entries(100, 110)).toHaveLength(10);
  expect(timeline.itemsPage('t7', { limit: 10, direction: 'asc' }).data).toHaveLength(2);
  expect(timeline.preview).toBe('Question t0');
  const [newest] = timeline.newestFirst();
  expect(newest).toMatchObject({ type: 'realtime', item: { id: 's1999' } });
  expect(Array.from(timeline.newestItems('contextCompaction'))).toEqual([]);
  expect(Array.from(timeline.voiceIds)).toHaveLength(TURNS);
  expect(reads).toBeLessThan(30);
});

test('what the model used, and how full its window is, is read from the newest alone', () => {
  const log = logOf([...long, { type: 'history', items: [told('12345678')] }]);

  expect(log.usage).toEqual(tokens(7));
  expect(log.contextTokens).toBe(5 + 2);
  expect(reads).toBe(2);
});

test('a fork of it reads what the cut needs', () => {
  const fork = forkOf(long.map(counted), { lastTurnId: 't1000' }, () => 'new');

  expect(fork.kept).toHaveLength(1000 * 8 + 7);
  expect(fork.preview).toBe('Question t0');
  expect(reads).toBe(1);
});

/** A record whose words show what it is, and that cannot be read. */
const damaged = (raw: object): FiledRecord => ({
  ...filed(raw),
  read: () => ({ type: 'store/verbatim', line: '{"ty' }),
});

test('what is damaged within is left out, and nothing else with it', () => {
  const [started = {}, question = {}, , plan = {}, , answer = {}, completed = {}] =
    recordsOfTurn('t1');
  const log = new ConversationLog();
  const lines = [filed(started), damaged(question), damaged(plan), filed(answer)];
  for (const line of [...lines, damaged(completed), filed(spoken('s'))]) log.apply(line);

  expect(log.timeline.turns()).toMatchObject([
    { id: 't1', status: 'interrupted', items: [{ id: 'answer-t1' }] },
  ]);
  expect(log.timeline.entries().map(({ position }) => position)).toEqual([0, 2, 3, 4]);
  expect(log.timeline.itemsPage(undefined, { limit: 1, direction: 'desc' }).data).toHaveLength(1);
});

test('a turn of which nothing can be read is not shown, and its items stay', () => {
  const records = recordsOfTurn('t1');
  const log = new ConversationLog();
  for (const [index, record] of records.entries()) {
    log.apply(index === 0 || index === 6 ? damaged(record) : filed(record));
  }
  for (const record of recordsOfTurn('t2')) log.apply(filed(record));

  expect(log.timeline.turns().map(({ id }) => id)).toEqual(['t2']);
  expect(
    log.timeline.itemsPage('t1', { limit: 9, direction: 'asc' }).data.map(({ item }) => item.id),
  ).toEqual(['asked-t1', 'answer-t1']);
});
