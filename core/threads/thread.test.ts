import { setImmediate } from 'node:timers/promises';

import { expect, test } from 'vitest';

import type { Tool } from '../tools/index.ts';
import { localEnvironments } from './environments.ts';
import { calling, saying, shorteningTask, silent, startThread } from './testing/index.ts';

/** What a request told the model, without the note on where the thread is. */
const toldTo = (request: { readonly input: readonly object[] } | undefined): readonly string[] =>
  (request?.input ?? []).slice(1).map((item) => {
    const { type, role, content, output } = item as Readonly<Record<string, unknown>>;
    if (!Array.isArray(content))
      return `${String(type)}${output === undefined ? '' : `: ${JSON.stringify(output)}`}`;
    return `${String(role)}: ${content.map(({ text }: { text: string }) => text).join('')}`;
  });

test('a completion waits for the disk; the model and its next request do not', async () => {
  const look: Tool = {
    spec: { type: 'custom', name: 'look', description: 'Looks.' },
    concurrency: 'parallel',
    run: async () => 'seen',
  };
  const bench = startThread({
    disk: 'byHand',
    tools: [look],
    answers: [calling('look'), saying('Hello')],
  });
  const { id } = bench.say('Hi');
  await bench.ended(id);

  expect(bench.requests).toHaveLength(2);
  expect(bench.told.map(({ method }) => method)).toEqual([
    'thread/status/changed',
    'turn/started',
    'item/started',
  ]);
  bench.sync();
  await setImmediate();
  expect(bench.told.slice(3).map(({ method }) => method)).toEqual([
    'item/completed',
    'item/started',
    'item/agentMessage/delta',
    'item/completed',
    'thread/status/changed',
    'turn/completed',
  ]);
});

test('what a turn begins with goes to the disk, whole, before its request is made', async () => {
  const bench = startThread({ answers: [saying('Hello')] });
  const { id } = bench.say('Hi');
  await bench.ended(id);

  expect(bench.records.slice(0, 3).map(({ type }) => type)).toEqual([
    'turnStarted',
    'item',
    'history',
  ]);
  expect(bench.commits).toEqual([{ records: 3, requests: 0 }]);
});

test('every completed item was recorded before it was told', async () => {
  const bench = startThread({ answers: [saying('Hello')] });
  const { id } = bench.say('Hi');
  await bench.ended(id);
  await setImmediate();

  expect(bench.records.map(({ type }) => type)).toEqual([
    'turnStarted',
    'item',
    'history',
    'item',
    'history',
    'turnCompleted',
  ]);
  expect(bench.completed()).toEqual(['Hi', 'Hello']);
});

test('a thread that is not kept waits for nothing', async () => {
  const bench = startThread({ disk: 'none', answers: [saying('Hello')] });
  const { id } = bench.say('Hi');

  expect(bench.completed()).toEqual(['Hi']);
  await bench.ended(id);
  expect(bench.completed()).toEqual(['Hi', 'Hello']);
});

test('words for a turn that is being stopped start the next one, which answers them', async () => {
  const bench = startThread({ disk: 'none', answers: [silent, saying('Hello')] });
  const first = bench.say('Hi');
  while (bench.requests.length === 0) await setImmediate();
  bench.thread.interruption(first.id)();
  const second = bench.say('And now?');

  expect(second.id).not.toBe(first.id);
  expect(await bench.ended(second.id)).toMatchObject({ status: 'completed' });
  expect(toldTo(bench.requests[1])).toEqual([
    'user: Hi',
    expect.stringMatching(/^developer: The user stopped/u),
    'user: And now?',
  ]);
  const ends = bench.told.flatMap(({ method, params }) =>
    method.startsWith('turn/') ? [`${method} ${(params['turn'] as { id: string }).id}`] : [],
  );
  expect(ends).toEqual([
    `turn/started ${first.id}`,
    `turn/queued ${second.id}`,
    `turn/completed ${first.id}`,
    `turn/started ${second.id}`,
    `turn/completed ${second.id}`,
  ]);
});

test('a turn is not stopped before its tool has come to its end', async () => {
  const begun = Promise.withResolvers<undefined>();
  const end = Promise.withResolvers<string>();
  const slow: Tool = {
    spec: { type: 'custom', name: 'slow', description: 'Takes its time.' },
    concurrency: 'serial',
    run: async () => {
      begun.resolve(undefined);
      return end.promise;
    },
  };
  const bench = startThread({
    disk: 'none',
    tools: [slow],
    answers: [calling('slow'), saying('Fine')],
  });
  const first = bench.say('Hi');
  await begun.promise;
  bench.thread.interruption(first.id)();
  await setImmediate();
  expect(bench.thread.status).toEqual({ type: 'active', activeFlags: [] });
  end.resolve('this far');

  expect(await bench.ended(first.id)).toMatchObject({ status: 'interrupted' });
  const second = bench.say('And now?');
  await bench.ended(second.id);
  expect(toldTo(bench.requests[1])).toContain('custom_tool_call_output: "this far"');
});

test('work of another kind runs as a turn: words wait for it, and go by what it left', async () => {
  const bench = startThread({ disk: 'none', answers: [saying('Hello'), saying('Again', 'm2')] });
  await bench.ended(bench.say('Hi').id);
  const task = shorteningTask('They said hello.');
  const prepared = bench.thread.prepareTask(task.start);
  prepared.begin();
  const words = bench.say('Where were we?');
  await setImmediate();

  expect(bench.requests).toHaveLength(1);
  expect(() => bench.thread.steer(prepared.turn.id, { input: [] })).toThrow(
    'no active turn to steer',
  );
  task.complete();
  await bench.ended(words.id);
  const [request] = bench.requests.slice(1);
  expect(JSON.stringify(request?.input)).not.toContain('Hello');
  expect(toldTo(request)).toEqual(['user: Where were we?']);
  // What it showed and did not complete is complete, and what people saw is there.
  expect(bench.completed()).toEqual(['Hi', 'Hello', 'reasoning', 'Where were we?', 'Again']);
  expect(bench.thread.conversation.turns().map(({ items }) => items.length)).toEqual([2, 1, 2]);
});

test('work of another kind is stopped like any turn, and leaves what the model knew', async () => {
  const bench = startThread({ disk: 'none', answers: [saying('Hello'), saying('Again', 'm2')] });
  await bench.ended(bench.say('Hi').id);
  const { turn, begin } = bench.thread.prepareTask(shorteningTask('Nothing.').start);
  begin();
  bench.thread.interruption(turn.id)();

  expect(await bench.ended(turn.id)).toMatchObject({ status: 'interrupted' });
  await bench.ended(bench.say('More').id);
  expect(toldTo(bench.requests[1])).toEqual(['user: Hi', 'assistant: Hello', 'user: More']);
});

test('what a turn was to tell that was taken back before it began, the next one tells', async () => {
  const bench = startThread({ disk: 'none', answers: [silent, saying('Hello')] });
  const first = bench.say('Hi');
  while (bench.requests.length === 0) await setImmediate();
  bench.thread.noteVoice(true, 'The voice has begun.');
  const input = [{ type: 'text' as const, text: 'Behind' }];
  const waiting = bench.thread.prepareTurn({ input }, 'queue');
  waiting.begin();
  bench.thread.interruption(waiting.turn.id)();
  bench.thread.interruption(first.id)();
  const next = bench.say('And now?');
  await bench.ended(next.id);

  expect(toldTo(bench.requests[1]).slice(-2)).toEqual([
    'developer: The voice has begun.',
    'user: And now?',
  ]);
  expect(bench.thread.conversation.turns().map(({ status }) => status)).toEqual([
    'interrupted',
    'interrupted',
    'completed',
  ]);
});

test('a thread that leaves begins nothing that waited, and writes nothing more of it', async () => {
  const bench = startThread({ answers: [silent, saying('Hello')] });
  const first = bench.say('Hi');
  while (bench.requests.length === 0) await setImmediate();
  bench.thread.prepareTurn({ input: [{ type: 'text', text: 'Behind' }] }, 'queue').begin();
  const ended = bench.ended(first.id);
  bench.thread.stop();
  await ended;
  await bench.thread.settled();

  expect(bench.requests).toHaveLength(1);
  const turns = bench.records.filter(({ type }) => type.startsWith('turn'));
  expect(turns.map(({ type }) => type)).toEqual(['turnStarted', 'turnQueued', 'turnCompleted']);
});

test('a turn that may work nowhere offers no tool that works somewhere, and refuses a stray call of one', async () => {
  const worked: (string | undefined)[] = [];
  const shell: Tool = {
    spec: { type: 'custom', name: 'shell', description: 'Works in a folder.' },
    concurrency: 'parallel',
    needs: 'environment',
    run: async (_input, { environment }) => {
      worked.push(environment?.cwd);
      return 'done';
    },
  };
  const bench = startThread({
    tools: [shell],
    answers: [calling('shell', 'c1'), saying('No.'), calling('shell', 'c2'), saying('Yes.', 'm2')],
  });
  const turnIn = async (cwds: readonly string[]): Promise<void> => {
    const environments = cwds.flatMap((cwd) => localEnvironments(cwd));
    const { turn, begin } = bench.thread.prepareTurn({
      input: [{ type: 'text', text: 'Go' }],
      options: { environments },
    });
    begin();
    await bench.ended(turn.id);
  };
  await turnIn([]);
  await turnIn(['/b', '/c']);

  expect(
    bench.requests.map(({ tools }) => tools.map((tool) => 'name' in tool && tool.name)),
  ).toEqual([[], [], ['shell'], ['shell']]);
  expect(toldTo(bench.requests[1]).at(-1)).toContain('There is no tool named shell');
  expect(worked).toEqual(['/b']);
});

test('what a tool does after its turn was stopped and ended is nothing, however late it does it', async () => {
  const late = Promise.withResolvers<string>();
  const contexts: Parameters<Tool['run']>[1][] = [];
  const stubborn: Tool = {
    spec: { type: 'custom', name: 'stubborn', description: 'Stops for nobody.' },
    concurrency: 'parallel',
    run: async (_input, context) => {
      contexts.push(context);
      return late.promise;
    },
  };
  const bench = startThread({ tools: [stubborn], answers: [calling('stubborn'), saying('Next')] });
  const { id } = bench.say('Go');
  await expect.poll(() => contexts.length).toBe(1);
  const [context] = contexts;
  const shown = context?.startItem({
    type: 'reasoning',
    id: 'r',
    summary: ['so far'],
    content: [],
  });
  bench.thread.interruption(id)();
  bench.thread.interruption(id)();
  const ended = bench.ended(id);
  bench.clock.advance(5_000);
  expect(await ended).toMatchObject({ status: 'interrupted' });
  await setImmediate();
  const before = { told: bench.told.length, records: bench.records.length };

  shown?.delta('item/reasoning/summaryTextDelta', { delta: 'late', summaryIndex: 0 });
  shown?.complete({ type: 'reasoning', id: 'r', summary: ['late'], content: [] });
  context?.startItem({ type: 'reasoning', id: 'r2', summary: [], content: [] });
  context?.showPlan('late', []);
  late.resolve('late');
  await setImmediate();
  expect({ told: bench.told.length, records: bench.records.length }).toEqual(before);
  expect(bench.told.filter(({ method }) => method === 'turn/completed')).toHaveLength(1);
  expect(() => bench.thread.interruption(id)).toThrow('no active turn to interrupt');

  const next = bench.say('And now?');
  await bench.ended(next.id);
  expect(toldTo(bench.requests[1]).filter((line) => line.includes('late'))).toEqual([]);
  expect(
    toldTo(bench.requests[1]).filter((line) => line.startsWith('custom_tool_call_output')),
  ).toEqual([expect.stringContaining('left behind')]);
});
