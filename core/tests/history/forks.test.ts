import { readFileSync, writeFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import {
  openMessage,
  type RpcProbe,
  startTestEngine,
  type TestEngine,
  toldToModel,
} from '../../testing/index.ts';
import { talkedThread } from './talkedThread.ts';

type Fields = Readonly<Record<string, unknown>>;
type Thread = {
  readonly id: string;
  readonly path: string | null;
  readonly preview: string;
  readonly forkedFromId: string | null;
  readonly turns: readonly {
    readonly id: string;
    readonly status: string;
    readonly items: readonly Fields[];
  }[];
};

const NOBODY = '0198c2f0-0000-7000-8000-000000000000';
const MESSAGE = {
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text: 'Psst' }],
};

let bench: TestEngine;
let probe: RpcProbe;
let threadId: string;
let turnIds: string[];

beforeAll(async () => {
  ({ bench, probe, threadId, turnIds } = await talkedThread(['One', 'Two', 'Three']));
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

async function fork(params: Fields = {}): Promise<Thread> {
  const { thread } = await probe.call('thread/fork', { threadId, ...params });
  return thread as Thread;
}
const idsOf = ({ turns }: Thread): readonly string[] => turns.map(({ id }) => id);

/** Which of the instructions of these tests the model is told by the next turn. */
async function instructionsTold(id: string): Promise<unknown> {
  const asked = bench.upstream.requests.length;
  const turnId = await probe.turn(id, 'Go on');
  await probe.notification('turn/completed', 1, ({ turn }) => (turn as Thread).id === turnId);
  const { body } = await bench.upstream.request(asked + 1);
  return JSON.stringify(body).match(/Be \w+\./gu);
}

describe('a fork of a thread', () => {
  test('begins with all of it, has an id and a file of its own, and says where it came from', async () => {
    const forked = await fork();
    expect(forked).toMatchObject({ forkedFromId: threadId, preview: 'One' });
    expect(forked.id).not.toBe(threadId);
    expect(idsOf(forked)).toEqual(turnIds);
    const started = await probe.notification('thread/started', 1, ({ thread }) => {
      return (thread as Thread).id === forked.id;
    });
    expect(started['thread']).toMatchObject({ turns: [], forkedFromId: threadId });
    expect(readFileSync(forked.path ?? '', 'utf8')).toContain('"turnCompleted"');
  });

  test.each([
    ['lastTurnId, which goes along', () => ({ lastTurnId: turnIds[1] }), 2],
    ['beforeTurnId, which stays behind', () => ({ beforeTurnId: turnIds[1] }), 1],
    ['beforeTurnId of the first turn', () => ({ beforeTurnId: turnIds[0] }), 0],
    ['lastTurnId of the last turn', () => ({ lastTurnId: turnIds[2] }), 3],
  ])('is cut by %s', async (_name, cut, count) => {
    expect(idsOf(await fork(cut()))).toEqual(turnIds.slice(0, count));
  });

  test('goes on by itself: neither thread hears of what is said in the other', async () => {
    const forked = await fork({ lastTurnId: turnIds[0], excludeTurns: true });
    expect(forked.turns).toEqual([]);
    const asked = bench.upstream.requests.length;
    const turnId = await probe.turn(forked.id, 'Elsewhere');
    await probe.notification('turn/completed', 1, ({ turn }) => (turn as Thread).id === turnId);
    const { body } = await bench.upstream.request(asked + 1);
    expect(toldToModel(body).slice(-3)).toEqual([
      'user: One',
      'assistant: Hello',
      'user: Elsewhere',
    ]);
    const { thread } = await probe.call('thread/read', { threadId, includeTurns: true });
    expect(idsOf(thread as Thread)).toEqual(turnIds);
  });

  test('that is ephemeral has no file', async () => {
    expect(await fork({ ephemeral: true })).toMatchObject({ path: null, forkedFromId: threadId });
  });

  test('runs with what it is asked to, else with what its source ran with', async () => {
    const params = { threadId, excludeTurns: true };
    expect(await probe.call('thread/fork', params)).toMatchObject({ model: 'test-model' });
    expect(await probe.call('thread/fork', { ...params, model: 'other' })).toMatchObject({
      model: 'other',
    });
  });

  test.each([
    [
      'two cuts',
      () => ({ lastTurnId: turnIds[0], beforeTurnId: turnIds[0] }),
      'cannot be combined',
    ],
    ['a turn that is not there', () => ({ lastTurnId: 'nope' }), 'turn not found: nope'],
    ['a thread that is not there', () => ({ threadId: NOBODY }), `no rollout found for thread id`],
    ['an id that is none', () => ({ threadId: 'x' }), 'invalid thread id'],
  ])('is refused for %s', async (_name, params, words) => {
    const { error } = await probe.ask('thread/fork', { threadId, ...params() });
    expect(error?.code).toBe(-32_600);
    expect(error?.message).toContain(words);
  });

  test('of a thread that nobody has said anything in is refused as the peer refuses it', async () => {
    const empty = await probe.thread();
    const { error } = await probe.ask('thread/fork', { threadId: empty });
    expect(error?.message).toBe(`no rollout found for thread id ${empty}`);
  });

  test('is there after a restart, of a thread that is not loaded, with lines that nobody can read', async () => {
    const source = await fork();
    await bench.restart();
    probe = await bench.client();
    const path = source.path ?? '';
    writeFileSync(path, `${readFileSync(path, 'utf8')}garbage of an editor\n`);
    const { thread } = await probe.call('thread/fork', { threadId: source.id });
    const forked = thread as Thread;
    await bench.restart();
    probe = await bench.client();
    const read = await probe.call('thread/read', { threadId: forked.id, includeTurns: true });
    expect(read['thread']).toMatchObject({ forkedFromId: source.id, preview: 'One' });
    expect(idsOf(read['thread'] as Thread)).toEqual(turnIds);
    expect(readFileSync(forked.path ?? '', 'utf8')).toContain('\ngarbage of an editor\n');
  });

  test('is told the instructions that it is given and has not heard, as one that is resumed is', async () => {
    const source = await probe.thread({ developerInstructions: 'Be brief.' });
    expect(await instructionsTold(source)).toEqual(['Be brief.']);
    const kind = await fork({ threadId: source, developerInstructions: 'Be kind.' });
    expect(await instructionsTold(kind.id)).toEqual(['Be brief.', 'Be kind.']);
    const same = await fork({ threadId: kind.id, developerInstructions: 'Be kind.' });
    expect(await instructionsTold(same.id)).toEqual(['Be brief.', 'Be kind.']);

    await bench.restart();
    probe = await bench.client();
    const resumed = { threadId: same.id, developerInstructions: 'Be quick.' };
    await probe.call('thread/resume', resumed);
    expect(await instructionsTold(same.id)).toEqual(['Be brief.', 'Be kind.', 'Be quick.']);
    await bench.restart();
    probe = await bench.client();
    await probe.call('thread/resume', resumed);
    expect(await instructionsTold(same.id)).toEqual(['Be brief.', 'Be kind.', 'Be quick.']);
  });
});

test('a fork of a running thread is cut as if that had been interrupted, and its source runs on', async () => {
  await using running = await startTestEngine({
    scripts: [
      [{ events: openMessage }, { until: 'go' }, { events: messageAnswer('Half a loaf').slice(3) }],
      [{ events: messageAnswer('More') }],
    ],
  });
  const client = await running.client();
  const source = await client.thread();
  const turnId = await client.turn(source, 'First');
  await client.notification('item/agentMessage/delta');
  const queued = await client.call('turn/start', {
    threadId: source,
    input: [{ type: 'text', text: 'Later' }],
    followUp: 'queue',
  });
  expect(queued['turn']).toBeDefined();

  const { error } = await client.ask('thread/fork', { threadId: source, lastTurnId: turnId });
  expect(error?.message).toBe(`turn is in progress: ${turnId}`);
  const { thread } = await client.call('thread/fork', { threadId: source });
  const forked = thread as Thread;
  expect(forked.turns).toMatchObject([{ id: turnId, status: 'interrupted' }]);
  expect(forked).toMatchObject({ status: { type: 'idle' } });

  running.upstream.open('go');
  await client.notification('turn/completed', 2);
  const asked = running.upstream.requests.length;
  await client.turn(forked.id, 'And now?');
  const { body } = await running.upstream.request(asked + 1);
  const told = toldToModel(body);
  expect(told.filter((line) => line.includes('branched off'))).toHaveLength(1);
  expect(told.at(-1)).toBe('user: And now?');
  await client.notification('turn/completed', 3);
});

describe('items that a client puts into a thread', () => {
  test('are told to the model with the next request and shown to nobody', async () => {
    const id = await probe.thread();
    expect(await probe.call('thread/inject_items', { threadId: id, items: [MESSAGE] })).toEqual({});
    const asked = bench.upstream.requests.length;
    const turnId = await probe.turn(id, 'Well?');
    await probe.notification('turn/completed', 1, ({ turn }) => (turn as Thread).id === turnId);
    const { body } = await bench.upstream.request(asked + 1);
    expect(toldToModel(body)).toContain('user: Psst');
    const { data } = await probe.call('thread/items/list', { threadId: id });
    expect(data).toHaveLength(2);
  });

  test.each([
    ['none at all', [], 'items must not be empty'],
    [
      'one without a type',
      [{ x: 1 }],
      'items[0] is not a valid response item: missing field `type`',
    ],
    ['one that is no object', [MESSAGE, 7], 'items[1] is not a valid response item'],
    [
      'a message without a role',
      [{ type: 'message' }],
      'items[0] is not a valid response item: role',
    ],
  ])('are refused whole for %s', async (_name, items, words) => {
    const id = await probe.thread();
    const { error } = await probe.ask('thread/inject_items', { threadId: id, items });
    expect(error?.code).toBe(-32_600);
    expect(error?.message).toContain(words);
  });
});

test('a thread that follows one which was cleared says so in its file, any other says nothing', async () => {
  const files = await Promise.all(
    (['clear', 'startup', undefined] as const).map(async (sessionStartSource) => {
      const { thread } = await probe.call('thread/start', { sessionStartSource });
      const { id, path } = thread as Thread;
      await probe.call('thread/inject_items', { threadId: id, items: [MESSAGE] });
      await probe.call('thread/list', {});
      return readFileSync(path ?? '', 'utf8');
    }),
  );
  expect(files.map((file) => file.includes('"sessionStartSource":"clear"'))).toEqual([
    true,
    false,
    false,
  ]);
});
