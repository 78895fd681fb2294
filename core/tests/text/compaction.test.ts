import { expect, test } from 'vitest';

import { callAnswer, messageAnswer, type UpstreamStep } from '../../model/testing/index.ts';
import {
  completedItems,
  looseItems,
  practising,
  type RpcProbe,
  startTestEngine,
  type TestEngine,
  toldToModel,
  turnEnded,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const says = (text: string, n: number): readonly UpstreamStep[] => [
  { events: messageAnswer(text, { response: `resp_${n}`, item: `msg_${n}` }) },
];
const tooLong: readonly UpstreamStep[] = [
  {
    events: [
      {
        type: 'response.failed',
        response: { id: 'r', error: { code: 'context_length_exceeded', message: 'Too long.' } },
      },
    ],
  },
];
const broken: readonly UpstreamStep[] = [{ head: { status: 500 } }];
/** Each whole answer of the script counts 120 tokens. */
const FULL_AFTER_ONE = 'model_auto_compact_token_limit = 110\n';

/** Says something and waits for the n-th end of a turn. */
async function say(probe: RpcProbe, threadId: string, words: string, n: number): Promise<Fields> {
  await probe.turn(threadId, words);
  return turnEnded(probe, n);
}

/** What the n-th request told. */
async function toldBy(engine: TestEngine, n: number): Promise<readonly string[]> {
  const { body } = await engine.upstream.request(n);
  return toldToModel(body);
}

/** What the provider is told of what a request is for. */
async function purposeOf(engine: TestEngine, n: number): Promise<Fields> {
  const { body } = await engine.upstream.request(n);
  const { client_metadata: metadata } = body as { client_metadata: Record<string, string> };
  return JSON.parse(metadata['x-codex-turn-metadata'] ?? '') as Fields;
}

const REQUEST = expect.stringMatching(/^user: This conversation is about to outgrow/u) as string;
const summary = (words: string): string =>
  `user: <conversation_summary>\n${words}\n</conversation_summary>`;

/** All turns of a thread with what people see in them, as words. */
async function shown(probe: RpcProbe, threadId: string): Promise<readonly (readonly string[])[]> {
  const answer = await probe.call('thread/read', { threadId, includeTurns: true });
  const { thread } = answer as { thread: { turns: { items: Fields[] }[] } };
  return thread.turns.map(({ items }) =>
    items.map(({ type, text: said, content, summary: sum }) => {
      const words = (content as { text: string }[] | undefined)?.map((part) => part.text).join('');
      return `${String(type)}: ${String(said ?? words ?? sum)}`;
    }),
  );
}

const warnings = (probe: RpcProbe): readonly unknown[] =>
  probe.all('warning').map(({ message }) => message);

test('a compaction that is asked for is a turn, after which the model knows a summary and the last words', async () => {
  await using engine = await startTestEngine({
    scripts: [says('Hello', 1), says('They said hello.', 2), says('There.', 3), says('Yes.', 4)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Hi', 1);
  const from = probe.messages.length;

  expect(await probe.call('thread/compact/start', { threadId })).toEqual({});
  expect(await turnEnded(probe, 2)).toMatchObject({ status: 'completed', items: [] });
  expect(probe.messages.slice(from).map(({ method }) => method ?? 'answer')).toEqual([
    'answer',
    'thread/status/changed',
    'turn/started',
    'item/started',
    'thread/tokenUsage/updated',
    'thread/tokenUsage/updated',
    'item/completed',
    'thread/status/changed',
    'turn/completed',
  ]);
  expect(completedItems(probe, 'contextCompaction')).toMatchObject([
    { summary: 'They said hello.' },
  ]);
  expect(await toldBy(engine, 2)).toEqual(['user: Hi', 'assistant: Hello', REQUEST]);
  expect((await engine.upstream.request(2)).body).toMatchObject({ tool_choice: 'none' });
  expect(await purposeOf(engine, 2)).toMatchObject({
    request_kind: 'compaction',
    compaction: { trigger: 'manual', reason: 'user_requested', phase: 'standalone_turn' },
    window_number: 0,
  });

  await say(probe, threadId, 'Where were we?', 3);
  const after = ['user: Hi', summary('They said hello.'), 'user: Where were we?'];
  expect(await toldBy(engine, 3)).toEqual(after);
  expect(await purposeOf(engine, 3)).toMatchObject({ request_kind: 'turn', window_number: 1 });
  const whole = [
    ['userMessage: Hi', 'agentMessage: Hello'],
    ['contextCompaction: They said hello.'],
    ['userMessage: Where were we?', 'agentMessage: There.'],
  ];
  expect(await shown(probe, threadId)).toEqual(whole);

  await engine.restart();
  const again = await engine.client();
  await again.call('thread/resume', { threadId });
  expect(await shown(again, threadId)).toEqual(whole);
  await say(again, threadId, 'Still there?', 1);
  expect(await toldBy(engine, 4)).toEqual([...after, 'assistant: There.', 'user: Still there?']);
  expect(await purposeOf(engine, 4)).toMatchObject({ window_number: 1 });
});

test('a second summary stands in place of the first, and there is nothing to sum up before anybody spoke', async () => {
  await using engine = await startTestEngine({
    scripts: [says('Hello', 1), says('First.', 2), says('Second.', 3), says('Yes.', 4)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await probe.call('thread/compact/start', { threadId });
  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(engine.upstream.requests).toHaveLength(0);

  await say(probe, threadId, 'Hi', 2);
  for (const n of [3, 4]) {
    await probe.call('thread/compact/start', { threadId });
    await turnEnded(probe, n);
  }
  await say(probe, threadId, 'And now?', 5);
  expect(await toldBy(engine, 3)).toEqual(['user: Hi', summary('First.'), REQUEST]);
  expect(await toldBy(engine, 4)).toEqual(['user: Hi', summary('Second.'), 'user: And now?']);
});

test('a conversation that has grown over the limit is summed up before the next words are answered', async () => {
  await using engine = await startTestEngine({
    config: FULL_AFTER_ONE,
    scripts: [says('Hello', 1), says('They said hello.', 2), says('Good.', 3)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Hi', 1);
  expect(engine.upstream.requests).toHaveLength(1);

  expect(await say(probe, threadId, 'How are you?', 2)).toMatchObject({ status: 'completed' });
  expect(await toldBy(engine, 2)).toEqual(['user: Hi', 'assistant: Hello', REQUEST]);
  expect(await purposeOf(engine, 2)).toMatchObject({
    compaction: { trigger: 'auto', reason: 'context_limit', phase: 'pre_turn' },
  });
  expect(await toldBy(engine, 3)).toEqual([
    'user: Hi',
    summary('They said hello.'),
    'user: How are you?',
  ]);
  expect((await shown(probe, threadId))[1]).toEqual([
    'userMessage: How are you?',
    'contextCompaction: They said hello.',
    'agentMessage: Good.',
  ]);
  expect(looseItems(probe)).toEqual([]);
});

test('work that outgrows the limit is summed up between two requests and goes on', async () => {
  const plan = { plan: [{ step: 'Look', status: 'pending' }] };
  await using engine = await startTestEngine({
    config: FULL_AFTER_ONE,
    scripts: [
      [{ events: callAnswer({ name: 'update_plan', arguments: plan, callId: 'c1' }) }],
      says('A plan was made.', 2),
      says('Done.', 3),
    ],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();

  expect(await say(probe, threadId, 'Look', 1)).toMatchObject({ status: 'completed' });
  expect(await purposeOf(engine, 2)).toMatchObject({ compaction: { phase: 'mid_turn' } });
  expect(await toldBy(engine, 3)).toEqual(['user: Look', summary('A plan was made.')]);
});

test('a summary leaves what the model was told last of where and how it works', async () => {
  await using engine = await startTestEngine({
    config: 'developer_instructions = "Be brief."\n',
    scripts: [says('Hello', 1), says('Good.', 2), says('First.', 3), says('Yes.', 4)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread({ cwd: '/a' });
  await say(probe, threadId, 'Hi', 1);
  await probe.call('thread/resume', { threadId, cwd: '/b', developerInstructions: 'Be kind.' });
  await say(probe, threadId, 'How are you?', 2);
  await probe.call('thread/compact/start', { threadId });
  await turnEnded(probe, 3);
  await say(probe, threadId, 'And now?', 4);

  const { body } = await engine.upstream.request(4);
  const told = JSON.stringify(body).match(/Be (?:brief|kind)\.|(?<=<cwd>)[^<]+/gu);
  expect(told).toEqual(['Be brief.', '/a', 'Be kind.', '/b']);
});

test('a request that the model finds too long is made once more with a summary, and no further', async () => {
  await using engine = await startTestEngine({
    scripts: [says('Hello', 1), tooLong, says('They said hello.', 3), tooLong, says('Sum.', 5)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Hi', 1);

  expect(await say(probe, threadId, 'How are you?', 2)).toMatchObject({
    status: 'failed',
    error: { codexErrorInfo: 'contextWindowExceeded' },
  });
  expect(engine.upstream.requests).toHaveLength(4);
  expect(await toldBy(engine, 4)).toEqual([
    'user: Hi',
    summary('They said hello.'),
    'user: How are you?',
  ]);
  expect(looseItems(probe)).toEqual([]);
});

test('what is too long even to be summed up loses its oldest part, and people are told', async () => {
  await using engine = await startTestEngine({
    scripts: [
      says('Hello', 1),
      says('Fine', 2),
      tooLong,
      tooLong,
      says('Sum.', 5),
      says('Yes.', 6),
    ],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Hi', 1);
  await say(probe, threadId, 'How are you?', 2);
  await probe.call('thread/compact/start', { threadId });

  expect(await turnEnded(probe, 3)).toMatchObject({ status: 'completed' });
  const tries = await Promise.all([3, 4, 5].map(async (n) => toldBy(engine, n)));
  expect(tries.map((told) => told[0])).toEqual([
    'user: Hi',
    'user: How are you?',
    'assistant: Fine',
  ]);
  expect(warnings(probe)).toEqual([expect.stringMatching(/too long to be summarised whole/u)]);
  await say(probe, threadId, 'Bye', 4);
  expect(await toldBy(engine, 6)).toEqual([
    'user: Hi',
    'user: How are you?',
    summary('Sum.'),
    'user: Bye',
  ]);
});

test.for<[string, readonly UpstreamStep[], object]>([
  ['fails', broken, { status: 'failed', error: { codexErrorInfo: 'internalServerError' } }],
  ['is too long however short it gets', tooLong, { status: 'failed' }],
  ['brings no words', [{ events: messageAnswer('') }], { status: 'failed' }],
])('a compaction that %s leaves the history as it was', async ([, script, end]) => {
  await using engine = await startTestEngine({
    scripts: [says('Hello', 1), ...Array.from({ length: 3 }, () => script)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Hi', 1);
  await probe.call('thread/compact/start', { threadId });

  expect(await turnEnded(probe, 2)).toMatchObject(end);
  expect(completedItems(probe, 'contextCompaction')).toMatchObject([{ interrupted: true }]);
  expect(looseItems(probe)).toEqual([]);
  expect((await shown(probe, threadId))[1]).toEqual([]);
  const before = engine.upstream.requests.length;
  await say(probe, threadId, 'Still there?', 3);
  expect(await toldBy(engine, before + 1)).toEqual([
    'user: Hi',
    'assistant: Hello',
    'user: Still there?',
  ]);
});

test('an automatic compaction that fails is told in words, and the turn is tried as it is', async () => {
  await using engine = await startTestEngine({
    config: FULL_AFTER_ONE,
    scripts: [says('Hello', 1), broken, says('Good.', 3)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Hi', 1);

  expect(await say(probe, threadId, 'How are you?', 2)).toMatchObject({ status: 'completed' });
  expect(warnings(probe)).toEqual([
    expect.stringMatching(/^The earlier conversation could not be summarised: /u),
  ]);
  expect(await toldBy(engine, 3)).toEqual(['user: Hi', 'assistant: Hello', 'user: How are you?']);
});

const summarising: readonly UpstreamStep[] = [
  { events: messageAnswer('They said hello.').slice(0, 3) },
  { until: 'said' },
  { events: messageAnswer('They said hello.').slice(3) },
];

test('while a summary is made, steering is refused with its reason and new words wait for it', async () => {
  await using engine = await startTestEngine({
    scripts: [says('Hello', 1), summarising, says('Good.', 3)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Hi', 1);
  await probe.call('thread/compact/start', { threadId });
  await engine.upstream.request(2);
  const { turn } = (await probe.notification('turn/started', 2)) as { turn: { id: string } };

  const steered = await probe.ask('turn/steer', {
    threadId,
    expectedTurnId: turn.id,
    input: [{ type: 'text', text: 'Stop' }],
  });
  expect(steered.error).toMatchObject({
    code: -32600,
    data: {
      codexErrorInfo: { activeTurnNotSteerable: { turnKind: 'compact' } },
      additionalDetails: null,
    },
  });
  await probe.turn(threadId, 'How are you?');
  engine.upstream.open('said');
  expect(await turnEnded(probe, 3)).toMatchObject({ status: 'completed' });
  expect(await toldBy(engine, 3)).toEqual([
    'user: Hi',
    summary('They said hello.'),
    'user: How are you?',
  ]);
});

test('a compaction that is stopped leaves the history as it was', async () => {
  await using engine = await startTestEngine({
    scripts: [says('Hello', 1), summarising, says('Good.', 3)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Hi', 1);
  await probe.call('thread/compact/start', { threadId });
  const { turn } = (await probe.notification('turn/started', 2)) as { turn: { id: string } };
  const asked = await engine.upstream.request(2);
  await probe.call('turn/interrupt', { threadId, turnId: turn.id });

  expect(await turnEnded(probe, 2)).toMatchObject({ status: 'interrupted' });
  await asked.closed;
  expect(looseItems(probe)).toEqual([]);
  await say(probe, threadId, 'How are you?', 3);
  expect(await toldBy(engine, 3)).toEqual(['user: Hi', 'assistant: Hello', 'user: How are you?']);
});

test('words that come while an automatic summary is made are answered by the same turn', async () => {
  await using engine = await startTestEngine({
    config: FULL_AFTER_ONE,
    scripts: [says('Hello', 1), summarising, says('Good.', 3), says('More.', 4)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Hi', 1);
  await probe.turn(threadId, 'How are you?');
  await engine.upstream.request(2);
  await probe.turn(threadId, 'Quickly!');
  engine.upstream.open('said');

  expect(await turnEnded(probe, 2)).toMatchObject({ status: 'completed' });
  const last = engine.upstream.requests.length;
  expect((await toldBy(engine, last)).join('\n')).toContain('user: Quickly!');
});

test('a process that ends while a summary is made has lost nothing', async () => {
  await using engine = await startTestEngine({
    scripts: [says('Hello', 1), summarising, says('Good.', 3)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Hi', 1);
  await probe.call('thread/compact/start', { threadId });
  await engine.upstream.request(2);
  await engine.restart();

  const again = await engine.client();
  await again.call('thread/resume', { threadId });
  await say(again, threadId, 'How are you?', 1);
  const told = await toldBy(engine, 3);
  expect([told.slice(0, 2), told.at(-1)]).toEqual([
    ['user: Hi', 'assistant: Hello'],
    'user: How are you?',
  ]);
});

test('a voice conversation begins with the summary in place of what it stands for', async () => {
  await using engine = await startTestEngine({
    scripts: [says('Nineteen.', 1), says('They counted to nineteen.', 2)],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await say(probe, threadId, 'Count', 1);
  await probe.call('thread/compact/start', { threadId });
  await turnEnded(probe, 2);
  await probe.call('thread/realtime/start', { threadId, outputModality: 'text' });
  const session = await engine.realtime.session(1);
  const update = JSON.stringify(await session.frame('session.update'));

  expect(update).toContain('Summary of what came before: They counted to nineteen.');
  expect(update).not.toContain('Assistant: Nineteen.');
});

test('with no provider a conversation can be summed up as well, and goes on', async () => {
  await practising(async (client) => {
    const threadId = await client.thread({ ephemeral: true });
    await say(client, threadId, 'reverse: abc', 1);
    await client.call('thread/compact/start', { threadId });
    expect(await turnEnded(client, 2)).toMatchObject({ status: 'completed' });
    const [item] = completedItems(client, 'contextCompaction');
    expect(item?.['summary']).toMatch(/^- The user asked: reverse: abc\n- Parley said: /u);
    await say(client, threadId, 'upper case: quiet', 3);
    const answers = completedItems(client, 'agentMessage').map(({ text: words }) => words);
    expect(answers.at(-1)).toContain('QUIET');
  });
});
