import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { callAnswer, completed, messageAnswer } from '../../model/testing/index.ts';
import {
  answering,
  asked,
  askingScripts,
  COLOUR,
  outputTold,
  type RpcProbe,
  startTestEngine,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const statuses = (probe: RpcProbe): readonly unknown[] =>
  probe.all('thread/status/changed').map(({ status }) => status);
const active = { type: 'active', activeFlags: [] };
const waiting = { type: 'active', activeFlags: ['waitingOnUserInput'] };

/** Resolves when the engine has read everything the probe sent before. */
const fence = async (probe: RpcProbe): Promise<void> => {
  await probe.call('thread/loaded/list', {});
};

test('the model asks, the client is asked, its answer reaches the model and the turn goes on', async () => {
  await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'Paint it');
  const request = await asked(probe);

  expect(request).toEqual({
    id: 0,
    method: 'item/tool/requestUserInput',
    params: {
      threadId,
      turnId,
      itemId: 'ask_1',
      questions: [{ ...COLOUR, isOther: true, isSecret: false }],
      isBlocking: true,
      autoResolutionMs: null,
    },
  });
  expect(statuses(probe)).toEqual([active, waiting]);
  expect(await probe.call('thread/read', { threadId })).toMatchObject({
    thread: { status: waiting },
  });
  probe.send(answering(request.id, 'Teal'));
  expect(await probe.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });

  const { body } = await bench.upstream.request(2);
  expect(outputTold(body)).toBe('{"answers":{"colour":{"answers":["Teal"]}}}');
  expect(statuses(probe)).toEqual([active, waiting, active, { type: 'idle' }]);
  const order = probe.order.filter((method) =>
    /^(?:item\/tool|serverRequest|thread\/status)\//u.test(method),
  );
  expect(order.slice(1)).toEqual([
    'thread/status/changed',
    'item/tool/requestUserInput',
    'serverRequest/resolved',
    'thread/status/changed',
    'thread/status/changed',
  ]);
  expect(probe.all('serverRequest/resolved')).toEqual([
    {
      threadId,
      requestId: 0,
      answeredBy: 'client',
      answers: { colour: { answers: ['Teal'] } },
    },
  ]);
});

test.each<readonly [string, unknown, string]>([
  ['no questions', { questions: [] }, 'questions'],
  ['four questions', { questions: [COLOUR, COLOUR, COLOUR, COLOUR] }, '3'],
  [
    'five options',
    { questions: [{ ...COLOUR, options: Array.from({ length: 5 }, () => COLOUR.options[0]) }] },
    'options',
  ],
  ['the same id twice', { questions: [COLOUR, COLOUR] }, 'two questions have the id colour'],
  ['a blank question', { questions: [{ ...COLOUR, question: ' ' }] }, 'question'],
  ['something else', 'colour?', 'object'],
])(
  'a call with %s is answered with what is wrong, and nobody is asked',
  async (_what, args, words) => {
    const call = { name: 'request_user_input', arguments: args, callId: 'ask_1' };
    await using bench = await startTestEngine({
      scripts: [[{ events: callAnswer(call) }], [{ events: messageAnswer('I see') }]],
    });
    const probe = await bench.client();
    await probe.turn(await probe.thread(), 'Go');
    await probe.notification('turn/completed');

    const { body } = await bench.upstream.request(2);
    expect(outputTold(body)).toMatch(/^request_user_input failed: /u);
    expect(outputTold(body)).toContain(words);
    expect(probe.all('item/tool/requestUserInput')).toEqual([]);
  },
);

const call = (callId: string, name: string, args: Fields): Fields => ({
  type: 'function_call',
  id: `fc_${callId}`,
  call_id: callId,
  name,
  arguments: JSON.stringify(args),
});
const done = (index: number, item: Fields): { type: string } & Fields => ({
  type: 'response.output_item.done',
  output_index: index,
  item,
});

test('other calls of the same response are run while one waits', async () => {
  const plan = [{ step: 'Paint', status: 'pending' }];
  await using bench = await startTestEngine({
    scripts: [
      [
        {
          events: [
            { type: 'response.created', response: { id: 'resp_1' } },
            done(0, call('ask_1', 'request_user_input', { questions: [COLOUR] })),
            done(1, call('ask_2', 'request_user_input', { questions: [COLOUR] })),
            done(2, call('plan_1', 'update_plan', { plan })),
            completed('resp_1'),
          ],
        },
      ],
      [{ events: messageAnswer('Fine') }],
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Go');
  await probe.notification('turn/plan/updated');
  const [first, second] = [await asked(probe, 1), await asked(probe, 2)];
  probe.send(answering(second.id, 'Coral'));
  probe.send(answering(first.id, 'Teal'));
  await probe.notification('turn/completed');

  const { body } = await bench.upstream.request(2);
  expect(outputTold(body, 'ask_1')).toContain('Teal');
  expect(outputTold(body, 'ask_2')).toContain('Coral');
  expect(outputTold(body, 'plan_1')).toBe('The plan is shown.');
  expect(statuses(probe)).toEqual([active, waiting, active, { type: 'idle' }]);
});

test('an interrupt withdraws the question: the client is told, the call is answered, late answers are nothing', async () => {
  await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'Paint it');
  const { id } = await asked(probe);
  await probe.call('turn/interrupt', { threadId, turnId });
  await probe.notification('turn/completed');

  expect(probe.all('serverRequest/resolved')).toEqual([{ threadId, requestId: 0 }]);
  expect(statuses(probe).at(-1)).toEqual({ type: 'idle' });
  probe.send(answering(id, 'Teal'));
  await probe.turn(threadId, 'Again');
  await probe.notification('turn/completed', 2);
  const { body } = await bench.upstream.request(2);
  expect(outputTold(body)).toContain('Stopped by the user');
  expect(probe.all('warning')).toEqual([]);
  expect(probe.all('serverRequest/resolved')).toHaveLength(1);
});

test('words typed while the agent waits join the turn and leave the question open', async () => {
  await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'Paint it');
  const { id } = await asked(probe);
  expect(await probe.turn(threadId, 'And be quick')).toBe(turnId);
  expect(probe.all('serverRequest/resolved')).toEqual([]);
  probe.send(answering(id, 'Teal'));
  await probe.notification('turn/completed');

  const { body } = await bench.upstream.request(2);
  const { input } = body as { readonly input: readonly Fields[] };
  expect(input.slice(-2)).toMatchObject([
    { type: 'function_call_output', output: expect.stringContaining('Teal') },
    { type: 'message', role: 'user', content: [{ text: 'And be quick' }] },
  ]);
});

test('every client is asked under one id, the first answer counts, a later one is passed over', async () => {
  await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
  const [one, two] = [await bench.client(), await bench.client()];
  const threadId = await one.thread();
  await two.call('thread/resume', { threadId });
  await one.turn(threadId, 'Paint it');
  const [first, second] = [await asked(one), await asked(two)];
  expect(second).toEqual(first);
  two.send(answering(second.id, 'Coral'));
  await one.notification('serverRequest/resolved');
  one.send(answering(first.id, 'Teal'));
  two.send(answering(second.id, 'Teal'));
  await one.notification('turn/completed');

  const { body } = await bench.upstream.request(2);
  expect(outputTold(body)).toContain('Coral');
  for (const probe of [one, two]) {
    await fence(probe);
    expect(probe.all('serverRequest/resolved')).toMatchObject([{ requestId: 0 }]);
    expect(probe.all('warning')).toEqual([]);
  }
});

test.each([
  ['a result of another shape', { result: { decision: 'accept' } }, 'missing field `answers`'],
  ['no result at all', {}, 'missing field `result`'],
  ['answers that are no list', { result: { answers: { colour: { answers: 'Teal' } } } }, 'array'],
])(
  '%s is complained about and leaves the question to the others',
  async (_what, garbage, words) => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
    const [one, two] = [await bench.client(), await bench.client()];
    const threadId = await one.thread();
    await two.call('thread/resume', { threadId });
    await one.turn(threadId, 'Paint it');
    const { id } = await asked(two);
    one.send({ id, ...garbage });

    const { message } = await one.notification('warning');
    expect(message).toContain('item/tool/requestUserInput');
    expect(message).toMatch(new RegExp(words, 'u'));
    expect(two.all('serverRequest/resolved')).toEqual([]);
    // It has had its turn.
    one.send(answering(id, 'Coral'));
    await fence(one);
    two.send(answering(id, 'Teal'));
    await one.notification('turn/completed');
    expect(outputTold((await bench.upstream.request(2)).body)).toContain('Teal');
    expect(two.all('warning')).toEqual([]);
  },
);

test('where the only client cannot answer, the model is told so and the turn goes on', async () => {
  await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Paint it');
  const { id } = await asked(probe);
  probe.send({ id, error: { code: -32601, message: 'no such method' } });
  await probe.notification('turn/completed');

  expect(outputTold((await bench.upstream.request(2)).body)).toMatch(
    /^The user could not be asked: no such method\./u,
  );
  expect(probe.all('serverRequest/resolved')).toHaveLength(1);
});

test('the last client leaving keeps the question open, and one that resumes is asked again', async () => {
  await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
  const first = await bench.client();
  const threadId = await first.thread();
  await first.turn(threadId, 'Paint it');
  const { params } = await asked(first);
  first.close();

  const second = await bench.client();
  const from = second.mark;
  const resumed = await second.call('thread/resume', { threadId });
  expect(resumed).toMatchObject({ thread: { status: waiting } });
  const again = await asked(second);
  expect(again).toMatchObject({ id: 0, params });
  expect(second.order.slice(from)).toEqual(['answer', 'item/tool/requestUserInput']);
  // Resuming twice asks twice, under the same id.
  await second.call('thread/resume', { threadId });
  expect(await asked(second, 2)).toEqual(again);
  second.send(answering(again.id, 'Teal'));
  await second.notification('turn/completed');
  expect(outputTold((await bench.upstream.request(2)).body)).toContain('Teal');
});

test('a deserted thread that waits for its user stays; once unloaded and resumed it asks anew', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    scripts: [...askingScripts(COLOUR), ...askingScripts(COLOUR)],
    config: 'thread_unload_delay_secs = 5',
    clock,
  });
  const [first, watcher] = [await bench.client(), await bench.client()];
  const threadId = await first.thread();
  await first.turn(threadId, 'Paint it');
  await asked(first);
  first.close();
  await first.closed;
  clock.advance(5_000);

  const second = await bench.client();
  expect(await second.call('thread/resume', { threadId })).toMatchObject({
    thread: { status: waiting },
  });
  second.send(answering((await asked(second)).id, 'Teal'));
  await second.notification('turn/completed');
  second.close();
  await second.closed;
  clock.advance(5_000);
  await watcher.notification('thread/closed');

  const [third, fourth] = [await bench.client(), await bench.client()];
  await third.call('thread/resume', { threadId });
  await fence(third);
  expect(third.all('item/tool/requestUserInput')).toEqual([]);
  await third.turn(threadId, 'And again');
  await asked(third);
  await fourth.call('thread/resume', { threadId });
  const again = await asked(fourth);
  expect(again.id).toBe(1);
  fourth.send(answering(again.id, 'Coral'));
  await third.notification('turn/completed');
  expect(outputTold((await bench.upstream.request(4)).body, 'ask_1')).toContain('Teal');
  expect(JSON.stringify((await bench.upstream.request(4)).body)).toContain('Coral');
});

test('a question that finds nobody waits a while for a client and then lets the turn go on', async () => {
  const clock = new ManualClock();
  const scripts = askingScripts(COLOUR);
  await using bench = await startTestEngine({
    clock,
    scripts: [[{ until: 'left' }, ...(scripts[0] ?? [])], scripts[1] ?? []],
  });
  const [leaves, watches] = [await bench.client(), await bench.client()];
  const threadId = await leaves.thread();
  await leaves.turn(threadId, 'Paint it');
  leaves.close();
  await leaves.closed;
  await fence(watches);
  bench.upstream.open('left');
  await watches.notification('thread/status/changed', 2);
  expect(watches.all('item/tool/requestUserInput')).toEqual([]);
  clock.advance(30_000);

  expect(outputTold((await bench.upstream.request(2)).body)).toMatch(
    /^The user could not be asked: no client is connected/u,
  );
});

test('a client that comes back within that while is asked', async () => {
  const clock = new ManualClock();
  const scripts = askingScripts(COLOUR);
  await using bench = await startTestEngine({
    clock,
    scripts: [[{ until: 'left' }, ...(scripts[0] ?? [])], scripts[1] ?? []],
  });
  const [leaves, returns] = [await bench.client(), await bench.client()];
  const threadId = await leaves.thread();
  await leaves.turn(threadId, 'Paint it');
  leaves.close();
  await leaves.closed;
  await fence(returns);
  bench.upstream.open('left');
  await returns.notification('thread/status/changed', 2);
  clock.advance(29_000);
  await returns.call('thread/resume', { threadId });
  const { id } = await asked(returns);
  clock.advance(600_000);
  returns.send(answering(id, 'Teal'));
  await returns.notification('turn/completed');
  expect(outputTold((await bench.upstream.request(2)).body)).toContain('Teal');
});

test('answers under ids that nobody asked with change nothing', async () => {
  await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
  const [probe, stranger] = [await bench.client(), await bench.client()];
  await probe.turn(await probe.thread(), 'Paint it');
  const { id } = await asked(probe);
  for (const other of ['0', 1, -1, 'x']) probe.send(answering(other, 'Coral'));
  // Not a subscriber of that thread, so never asked.
  stranger.send(answering(id, 'Coral'));
  await fence(stranger);
  await fence(probe);
  expect(probe.all('serverRequest/resolved')).toEqual([]);
  probe.send(answering(id, 'Teal'));
  await probe.notification('turn/completed');
  expect(outputTold((await bench.upstream.request(2)).body)).toContain('Teal');
});

test('a hundred threads wait at the same time, each for its own answer', async () => {
  await using bench = await startTestEngine({
    scripts: [
      ...Array.from({ length: 100 }, () => askingScripts(COLOUR)[0] ?? []),
      [{ events: messageAnswer('Fine') }],
    ],
  });
  const probe = await bench.client();
  for (let n = 0; n < 100; n += 1) await probe.turn(await probe.thread(), 'Paint it');
  const requests = [];
  for (let n = 1; n <= 100; n += 1) requests.push(await asked(probe, n));
  expect(new Set(requests.map(({ id }) => id)).size).toBe(100);
  for (const { id, params } of requests.toReversed()) {
    probe.send(answering(id, `for ${String(params?.['threadId'])}`));
  }
  await probe.notification('turn/completed', 100);

  const told = bench.upstream.requests.slice(100).map(({ body }) => String(outputTold(body)));
  const threads = requests.map(({ params }) => String(params?.['threadId']));
  expect(told.toSorted()).toEqual(
    threads.map((id) => `{"answers":{"colour":{"answers":["for ${id}"]}}}`).toSorted(),
  );
  expect(probe.all('serverRequest/resolved')).toHaveLength(100);
});

test('an engine that closes withdraws the question, and the thread goes on after a restart', async () => {
  await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Paint it');
  const { id } = await asked(probe);
  await bench.restart();
  expect(probe.all('serverRequest/resolved')).toHaveLength(1);
  probe.send(answering(id, 'Teal'));

  const next = await bench.client();
  const { thread } = await next.call('thread/resume', { threadId });
  expect(thread).toMatchObject({ status: { type: 'idle' }, turns: [{ status: 'interrupted' }] });
  await next.turn(threadId, 'Again');
  await next.notification('turn/completed');
  const { body } = await bench.upstream.request(2);
  expect(outputTold(body)).toMatch(/^(?:Not finished|Stopped)/u);
});

test('a secret answer reaches the model and no other client', async () => {
  const password = { id: 'colour', header: 'Key', question: 'Which key?', is_secret: true };
  await using bench = await startTestEngine({ scripts: askingScripts(password) });
  const [probe, other] = [await bench.client(), await bench.client()];
  const threadId = await probe.thread();
  await other.call('thread/resume', { threadId });
  await probe.turn(threadId, 'Log in');
  const request = await asked(probe);
  expect(request.params).toMatchObject({ questions: [{ isSecret: true, options: null }] });
  probe.send(answering(request.id, 'hunter2'));
  await other.notification('turn/completed');

  expect(outputTold((await bench.upstream.request(2)).body)).toContain('hunter2');
  expect(JSON.stringify(other.messages)).not.toContain('hunter2');
});

test('a question that was answered is told with its turn after a restart, and what is secret is not', async () => {
  const secret = { ...COLOUR, id: 'password', question: 'Your password?', is_secret: true };
  await using bench = await startTestEngine({ scripts: askingScripts(COLOUR, secret) });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'Paint it');
  const { id } = await asked(probe);
  const answers = { colour: { answers: ['Teal'] }, password: { answers: ['hunter2'] } };
  probe.send({ id, result: { answers } });
  await probe.notification('turn/completed');
  const { data } = await probe.call('thread/items/list', { threadId });
  const [said] = data as readonly { readonly item: Fields }[];
  const live = await probe.call('thread/timeline/list', { threadId });
  await bench.restart();

  const later = await bench.client();
  const timeline = await later.call('thread/timeline/list', { threadId });
  expect(timeline).toEqual(live);
  const settledRequests = [
    {
      itemId: 'ask_1',
      method: 'item/tool/requestUserInput',
      questions: [{ id: 'colour' }, { id: 'password', isSecret: true }],
      outcome: 'accepted',
      answeredBy: 'client',
      answers: { colour: { answers: ['Teal'] } },
      afterItemId: said?.item['id'],
    },
  ];
  for (const turn of (timeline['data'] as readonly Fields[]).flatMap(({ turn: of }) => of ?? [])) {
    expect(turn).toMatchObject({ id: turnId, settledRequests });
  }
  const { thread } = await later.call('thread/read', { threadId, includeTurns: true });
  expect(thread).toMatchObject({ turns: [{ settledRequests }] });
  expect(JSON.stringify([timeline, thread])).not.toContain('hunter2');
});
