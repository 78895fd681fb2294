import { expect, test } from 'vitest';

import { callAnswer, completed, messageAnswer } from '../model/testing/index.ts';
import { type RpcProbe, startTestEngine } from '../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const started = { type: 'response.created', response: { id: 'resp_1' } };
const openMessage = [
  started,
  {
    type: 'response.output_item.added',
    output_index: 0,
    item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
  },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, delta: 'Half a ' },
];

/** Methods since `from`, runs of the same one merged, without what may come at any place. */
function steps(probe: RpcProbe, from: number): readonly string[] {
  return probe.messages
    .slice(from)
    .map(({ method, params }) => {
      const item = params?.['item'] as Fields | undefined;
      return item === undefined ? (method ?? 'answer') : `${method} ${String(item['type'])}`;
    })
    .filter((step, index, all) => step !== 'thread/tokenUsage/updated' && step !== all[index - 1]);
}

/** The texts of the input the model was given, with their roles. */
function told(body: unknown): readonly string[] {
  const { input } = body as { readonly input: readonly Fields[] };
  return input.map((item) => {
    if (item['type'] !== 'message') return `${String(item['type'])}: ${String(item['output'])}`;
    const content = item['content'] as readonly Fields[];
    return `${String(item['role'])}: ${content.map((part) => String(part['text'])).join('')}`;
  });
}

test('a text turn is told in the documented order', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [
        {
          events: [
            started,
            {
              type: 'response.output_item.added',
              output_index: 0,
              item: { type: 'reasoning', id: 'rs_1', summary: [] },
            },
            {
              type: 'response.reasoning_summary_part.added',
              item_id: 'rs_1',
              output_index: 0,
              summary_index: 0,
            },
            {
              type: 'response.reasoning_summary_text.delta',
              item_id: 'rs_1',
              output_index: 0,
              summary_index: 0,
              delta: 'hm',
            },
            {
              type: 'response.output_item.done',
              output_index: 0,
              item: {
                type: 'reasoning',
                id: 'rs_1',
                summary: [{ type: 'summary_text', text: 'hm' }],
              },
            },
            ...messageAnswer('Hello there').slice(1),
          ],
        },
      ],
    ],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.notification('thread/started');
  const from = probe.mark;

  const turnId = await probe.turn(threadId, 'Hi');
  const { turn } = await probe.notification('turn/completed');

  expect(steps(probe, from)).toEqual([
    'answer',
    'thread/status/changed',
    'turn/started',
    'item/started userMessage',
    'item/completed userMessage',
    'item/started reasoning',
    'item/reasoning/summaryPartAdded',
    'item/reasoning/summaryTextDelta',
    'item/completed reasoning',
    'item/started agentMessage',
    'item/agentMessage/delta',
    'item/completed agentMessage',
    'thread/status/changed',
    'turn/completed',
  ]);
  expect(turn).toMatchObject({
    id: turnId,
    status: 'completed',
    error: null,
    itemsView: 'summary',
  });
  const deltas = probe.all('item/agentMessage/delta').map(({ delta }) => delta);
  expect(deltas.join('')).toBe('Hello there');
  expect(probe.all('thread/tokenUsage/updated')[0]).toMatchObject({
    turnId,
    tokenUsage: { total: { totalTokens: 120, cachedInputTokens: 40 } },
  });
});

test('a plan is shown, its call answered, and the model asked again', async () => {
  const plan = [{ step: 'Look', status: 'in_progress' }];
  await using bench = await startTestEngine({
    scripts: [
      [{ events: callAnswer({ name: 'update_plan', arguments: { plan }, callId: 'call_1' }) }],
      [{ events: messageAnswer('Done') }],
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Plan it');
  await probe.notification('turn/completed');

  expect(probe.all('turn/plan/updated')).toMatchObject([
    { plan: [{ step: 'Look', status: 'inProgress' }] },
  ]);
  const { body } = await bench.upstream.request(2);
  expect(told(body).at(-1)).toMatch(/^function_call_output: /u);
  expect(probe.all('turn/completed')).toHaveLength(1);
});

test.each([
  ['an unknown tool', 'teleport', '{"to":"moon"}', 'no tool named teleport'],
  ['arguments that are no JSON', 'update_plan', '{"plan":', 'not JSON'],
  ['arguments of the wrong shape', 'update_plan', '{"plan":"all"}', 'plan'],
])('%s is answered to the model and the turn goes on', async (_what, name, args, words) => {
  const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name, arguments: args };
  await using bench = await startTestEngine({
    scripts: [
      [
        {
          events: [
            started,
            { type: 'response.output_item.done', output_index: 0, item },
            completed('resp_1'),
          ],
        },
      ],
      [{ events: messageAnswer('I see') }],
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Go');

  expect(await probe.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });
  const { body } = await bench.upstream.request(2);
  const { input } = body as { readonly input: readonly Fields[] };
  expect(input.at(-1)).toMatchObject({ type: 'function_call_output', call_id: 'call_1' });
  expect(input.at(-1)?.['output']).toContain(words);
});

test('an interrupt while the model speaks keeps what was said, and the model is told', async () => {
  await using bench = await startTestEngine({
    scripts: [[{ events: openMessage }, { stall: true }], [{ events: messageAnswer('Fine') }]],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'Tell me');
  await probe.notification('item/agentMessage/delta');

  expect(await probe.ask('turn/interrupt', { threadId, turnId: 'wrong' })).toMatchObject({
    error: { code: -32600, message: `expected active turn id wrong but found ${turnId}` },
  });
  const from = probe.mark;
  await probe.call('turn/interrupt', { threadId, turnId });
  const { turn } = await probe.notification('turn/completed');

  expect(turn).toMatchObject({ status: 'interrupted', error: null });
  expect(steps(probe, from)).toEqual([
    'answer',
    'item/completed agentMessage',
    'thread/status/changed',
    'turn/completed',
  ]);
  expect(probe.all('item/completed')[1]).toMatchObject({
    item: { text: 'Half a ', interrupted: true },
  });
  expect(probe.all('error')).toEqual([]);
  expect(await probe.ask('turn/interrupt', { threadId, turnId })).toMatchObject({
    error: { code: -32600, message: 'no active turn to interrupt' },
  });

  await probe.turn(threadId, 'Go on');
  const { body } = await bench.upstream.request(2);
  expect(told(body).slice(-3)).toEqual([
    'assistant: Half a ',
    expect.stringMatching(/^developer: .*stopped/u),
    'user: Go on',
  ]);
});

test('an interrupt while no answer has come yet ends the turn at once', async () => {
  await using bench = await startTestEngine({ scripts: [[{ stall: true }]] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'Tell me');
  const request = await bench.upstream.request(1);
  const askedAtMs = performance.now();

  await probe.call('turn/interrupt', { threadId, turnId });
  const { turn } = await probe.notification('turn/completed');

  expect(performance.now() - askedAtMs).toBeLessThan(500);
  expect(turn).toMatchObject({ status: 'interrupted' });
  await request.closed;
});

test('an interrupt that arrives with the start still ends in one interrupted turn', async () => {
  await using bench = await startTestEngine({ scripts: [[{ stall: true }]] });
  const probe = await bench.client();
  const threadId = await probe.thread();

  const starting = probe.turn(threadId, 'Tell me');
  probe.send({ id: 'stop', method: 'turn/interrupt', params: { threadId, turnId: '' } });
  await starting;
  const { turn } = await probe.notification('turn/completed');

  expect(turn).toMatchObject({ status: 'interrupted' });
  expect(probe.all('turn/started')).toHaveLength(1);
});

test.each([
  ['a server error', [{ head: { status: 500 } }], 'internalServerError'],
  ['a wrong key', [{ head: { status: 401 } }], { httpConnectionFailed: { httpStatusCode: 401 } }],
  ['a cut connection', [{ cut: true as const }], expect.anything()],
])('%s fails the turn once and the thread goes on', async (_what, script, info) => {
  await using bench = await startTestEngine({
    scripts: [script, [{ events: messageAnswer('Back again') }]],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.notification('thread/started');
  const from = probe.mark;
  await probe.turn(threadId, 'Hi');
  const { turn } = await probe.notification('turn/completed');

  expect(turn).toMatchObject({ status: 'failed', error: { codexErrorInfo: info } });
  expect(steps(probe, from).slice(-3)).toEqual([
    'thread/status/changed',
    'error',
    'turn/completed',
  ]);
  expect(probe.all('thread/status/changed').at(-1)).toMatchObject({
    status: { type: 'systemError' },
  });
  expect(probe.all('error')).toMatchObject([{ willRetry: false, threadId }]);

  await probe.turn(threadId, 'Again');
  expect(await probe.notification('turn/completed', 2)).toMatchObject({
    turn: { status: 'completed' },
  });
  const { body } = await bench.upstream.request(2);
  expect(told(body).slice(-2)).toEqual(['user: Hi', 'user: Again']);
});

test('a provider that cannot be reached fails the turn with its address, not its key', async () => {
  await using bench = await startTestEngine();
  await bench.upstream.close();
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  const { turn } = await probe.notification('turn/completed');
  expect(turn).toMatchObject({ status: 'failed' });
  const text = JSON.stringify(turn);
  expect(text).toContain(bench.upstream.url.host);
  expect(text).not.toContain('sk-test');
});

test('a broken stream is told as a retry and then goes on as if nothing had been', async () => {
  await using bench = await startTestEngine({
    scripts: [[{ events: openMessage }, { cut: true }], [{ events: messageAnswer('Whole') }]],
  });
  const probe = await bench.client();
  const threadId = await probe.thread({
    config: { 'model_providers.scripted.stream_max_retries': 1 },
  });
  await probe.turn(threadId, 'Hi');

  const { turn } = await probe.notification('turn/completed');
  expect(turn).toMatchObject({ status: 'completed' });
  expect(probe.all('error')).toMatchObject([{ willRetry: true }]);
});

test('a start on a running turn joins it', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [{ events: openMessage }, { until: 'go' }, { events: messageAnswer('Half a loaf').slice(3) }],
      [{ events: messageAnswer('And more') }],
    ],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'First');
  await probe.notification('item/agentMessage/delta');

  expect(await probe.turn(threadId, 'Second')).toBe(turnId);
  bench.upstream.open('go');
  await probe.notification('turn/completed');

  expect(probe.all('turn/started')).toHaveLength(1);
  expect(probe.all('turn/completed')).toHaveLength(1);
  const { body } = await bench.upstream.request(2);
  expect(told(body).slice(-2)).toEqual(['assistant: Half a loaf', 'user: Second']);
});

test('a restart shows the same turns and tells the model the same history', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'First words');
  await probe.notification('turn/completed');
  const before = await probe.call('thread/read', { threadId, includeTurns: true });
  await bench.restart();

  const later = await bench.client();
  const { thread } = await later.call('thread/read', { threadId, includeTurns: true });
  expect(thread).toMatchObject({ status: { type: 'notLoaded' }, preview: 'First words' });
  expect((thread as Fields)['turns']).toEqual((before['thread'] as Fields)['turns']);
  expect(await later.call('thread/loaded/list', {})).toEqual({ data: [], nextCursor: null });

  const resumed = await later.call('thread/resume', { threadId });
  expect((resumed['thread'] as Fields)['turns']).toEqual((thread as Fields)['turns']);
  await later.turn(threadId, 'Second words');
  const { body } = await bench.upstream.request(2);
  expect(told(body).slice(-3)).toEqual([
    'user: First words',
    'assistant: Hello',
    'user: Second words',
  ]);
});

test('a thread read or listed without being loaded can still be opened and written to', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const first = await bench.client();
  const threadId = await first.thread();
  await first.turn(threadId, 'Hi');
  await first.notification('turn/completed');
  await bench.restart();
  const probe = await bench.client();

  const timeline = await probe.call('thread/timeline/list', { threadId });
  expect((timeline['data'] as readonly Fields[]).map(({ type }) => type)).toEqual([
    'turnStarted',
    'item',
    'item',
    'turnCompleted',
  ]);
  expect((await probe.call('thread/loaded/list', {}))['data']).toEqual([]);
  expect((await probe.ask('turn/start', { threadId, input: [] })).error?.message).toBe(
    `thread not found: ${threadId}`,
  );

  await probe.call('thread/resume', { threadId });
  await probe.turn(threadId, 'More');
  await probe.notification('turn/completed');
  const { data } = await probe.call('thread/timeline/list', { threadId });
  expect(data).toHaveLength(8);
});

test('a model and effort given with a turn hold for it and for those after it', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const input = [{ type: 'text' as const, text: 'Hi' }];

  await probe.call('turn/start', { threadId, input, model: 'other-model', effort: 'high' });
  await probe.notification('turn/completed');
  await probe.turn(threadId, 'Again');
  await probe.notification('turn/completed', 2);

  for (const { body } of bench.upstream.requests) {
    expect(body).toMatchObject({ model: 'other-model', reasoning: { effort: 'high' } });
  }
});

test('an input beyond the limit is refused with both numbers', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const threadId = await probe.thread();
  const text = 'x'.repeat(1_048_577);

  const { error } = await probe.ask('turn/start', { threadId, input: [{ type: 'text', text }] });

  expect(error).toMatchObject({
    code: -32602,
    data: { input_error_code: 'input_too_large', max_chars: 1_048_576, actual_chars: 1_048_577 },
  });
});
