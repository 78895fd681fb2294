import { readFileSync, statSync, writeFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { callAnswer, messageAnswer } from '../../model/testing/index.ts';
import { OtherProcess } from '../../store/testing/index.ts';
import {
  type RpcProbe,
  startTestEngine,
  type TestEngine,
  toldToModel,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;
type Turn = { readonly id: string; readonly status: string; readonly completedAt: number | null };
type Entry = { readonly type: string; readonly position: number; readonly turn?: Turn };

const planCall = callAnswer({
  name: 'update_plan',
  arguments: {
    plan: [
      { step: 'Look', status: 'completed' },
      { step: 'Tell', status: 'in_progress' },
    ],
  },
  callId: 'c1',
});

/** A thread as a power cut in its only turn leaves it: all but the end is in its file. */
async function cutOff(
  bench: TestEngine,
): Promise<{ threadId: string; turnId: string; path: string }> {
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'Look into it');
  await probe.notification('turn/completed');
  const { thread } = await probe.call('thread/read', { threadId });
  const { path } = thread as { path: string };
  await bench.restart();
  const lines = readFileSync(path, 'utf8').split('\n');
  const end = lines.findIndex((line) => line.includes('"turnCompleted"'));
  writeFileSync(path, `${lines.slice(0, end).join('\n')}\n`);
  return { threadId, turnId, path };
}

const scripts = [[{ events: planCall }], [{ events: messageAnswer('Half of it') }]];

const textSteps = [{ events: messageAnswer('Done') }];

const turnsOf = ({ thread }: Fields): readonly Turn[] =>
  (thread as { turns: readonly Turn[] }).turns;

async function timeline(probe: RpcProbe, threadId: string): Promise<readonly Entry[]> {
  const { data } = await probe.call('thread/timeline/list', { threadId });
  return data as readonly Entry[];
}

describe('a turn whose process ended without a word', () => {
  test('is told as interrupted wherever it can be read, with its items and its plan', async () => {
    await using bench = await startTestEngine({ scripts });
    const { threadId, turnId } = await cutOff(bench);
    const probe = await bench.client();

    const interrupted = {
      id: turnId,
      status: 'interrupted',
      // As the peer has it: nobody knows when.
      completedAt: null,
      durationMs: null,
      error: null,
      plan: { explanation: null, plan: [{ status: 'completed' }, { status: 'inProgress' }] },
    };
    const read = await probe.call('thread/read', { threadId, includeTurns: true });
    expect(turnsOf(read)).toMatchObject([
      { ...interrupted, items: [{ type: 'userMessage' }, { text: 'Half of it' }] },
    ]);
    const entries = await timeline(probe, threadId);
    expect(entries.map(({ type }) => type)).toEqual([
      'turnStarted',
      'item',
      'item',
      'turnCompleted',
    ]);
    expect(entries.at(-1)?.turn).toMatchObject(interrupted);
    const { data } = await probe.call('thread/list', {});
    expect(data).toMatchObject([{ id: threadId, status: { type: 'notLoaded' } }]);

    const resumed = await probe.call('thread/resume', { threadId });
    expect(resumed).toMatchObject({ thread: { status: { type: 'idle' } } });
    expect(turnsOf(resumed)).toEqual(turnsOf(read));
    expect(await timeline(probe, threadId)).toEqual(entries);
  });

  test('is looked at and opened without a change to its file', async () => {
    await using bench = await startTestEngine({ scripts });
    const { threadId, path } = await cutOff(bench);
    const before = { text: readFileSync(path, 'utf8'), atMs: statSync(path).mtimeMs };
    const probe = await bench.client();
    await probe.call('thread/read', { threadId, includeTurns: true });
    await probe.call('thread/resume', { threadId });
    await bench.restart();

    expect({ text: readFileSync(path, 'utf8'), atMs: statSync(path).mtimeMs }).toEqual(before);
  });

  test('is told as running only where another process has gone on with it, and not opened it alone', async () => {
    await using bench = await startTestEngine({ scripts });
    const { threadId } = await cutOff(bench);
    await using other = new OtherProcess(bench.home);
    const probe = await bench.client();
    const told: unknown[] = [];
    for (const said of ['open', 'append', 'release']) {
      await other.ask(`${said} ${threadId} more`);
      const turns = turnsOf(await probe.call('thread/read', { threadId, includeTurns: true }));
      told.push(turns[0]?.status);
    }

    expect(told).toEqual(['interrupted', 'inProgress', 'interrupted']);
  });

  test('keeps its place when the conversation goes on, and the model knows of it', async () => {
    await using bench = await startTestEngine({ scripts });
    const { threadId, turnId } = await cutOff(bench);
    const probe = await bench.client();
    await probe.call('thread/resume', { threadId });
    const next = await probe.turn(threadId, 'And now?');
    await probe.notification('turn/completed');
    const live = await timeline(probe, threadId);
    await bench.restart();

    const told = toldToModel((await bench.upstream.request(3)).body);
    expect(told.slice(-3)).toEqual([
      'assistant: Half of it',
      expect.stringContaining('Parley was closed before this turn was finished.'),
      'user: And now?',
    ]);
    const later = await bench.client();
    expect(await timeline(later, threadId)).toEqual(live);
    const ends = live.filter(({ type }) => type === 'turnCompleted');
    expect(ends.map(({ turn }) => [turn?.id, turn?.status])).toEqual([
      [turnId, 'interrupted'],
      [next, 'completed'],
    ]);
  });

  test('ends where the next began, in a file of a version that wrote no end', async () => {
    await using bench = await startTestEngine({ scripts });
    const { threadId, turnId, path } = await cutOff(bench);
    const later = readFileSync(path, 'utf8').split('\n').slice(1).join('\n');
    writeFileSync(path, readFileSync(path, 'utf8') + later.replaceAll(turnId, 'second'));
    const probe = await bench.client();

    const entries = await timeline(probe, threadId);
    expect(entries.map(({ type, position }) => [type, position])).toEqual([
      ['turnStarted', 0],
      ['item', 1],
      ['item', 2],
      ['turnCompleted', 3],
      ['turnStarted', 4],
      ['item', 5],
      ['item', 6],
      ['turnCompleted', 7],
    ]);
    expect(entries[3]?.turn).toMatchObject({ id: turnId, status: 'interrupted' });
  });
});

test('what waited behind the turn is told as interrupted, too, and can be asked again as it was', async () => {
  await using bench = await startTestEngine({ scripts: [[{ until: 'go' }, ...textSteps]] });
  const first = await bench.client();
  const threadId = await first.thread();
  await first.turn(threadId, 'Work');
  const input = [{ type: 'text' as const, text: 'And then this' }];
  const delegation = { callId: 'call_2', prompt: 'And then this' };
  await first.call('turn/start', { threadId, input, followUp: 'queue', delegation });
  const { turn: queued } = await first.notification('turn/queued');
  // An engine that ends in order leaves them as a crash does: nobody has stopped them.
  await bench.restart();
  bench.upstream.open('go');

  const probe = await bench.client();
  const { id } = queued as Turn;
  const turns = turnsOf(await probe.call('thread/read', { threadId, includeTurns: true }));
  expect(turns).toMatchObject([
    { status: 'interrupted', items: [{ type: 'userMessage' }] },
    {
      id,
      status: 'interrupted',
      startedAt: null,
      completedAt: null,
      delegation,
      items: [{ type: 'userMessage', content: [{ text: 'And then this' }], delegation }],
    },
  ]);
  const { thread: resumed } = await probe.call('thread/resume', { threadId });
  expect((resumed as { turns: unknown }).turns).toEqual(turns);
  await probe.call('turn/start', { threadId, input, followUp: 'queue', delegation });
  expect(await probe.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed', delegation },
  });
});
