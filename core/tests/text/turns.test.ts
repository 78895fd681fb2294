import { expect, test } from 'vitest';

import { callAnswer, completed, messageAnswer } from '../../model/testing/index.ts';
import { openMessage, type RpcProbe, startTestEngine, toldToModel } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const started = { type: 'response.created', response: { id: 'resp_1' } };
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
  expect(toldToModel(body).at(-1)).toMatch(/^function_call_output: /u);
  expect(probe.all('turn/completed')).toHaveLength(1);
});

const at = (item: Fields): { type: string } & Fields => ({
  type: 'response.output_item.done',
  output_index: 0,
  item,
});
const says = (text: string): Fields => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
});
const calls = (callId: string): Fields => ({
  type: 'function_call',
  call_id: callId,
  name: 'update_plan',
  arguments: '{"plan":[]}',
});

test('a server that numbers every item 0 and gives no ids has its calls run and its words kept', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [
        {
          events: [
            started,
            at(says('I will look.')),
            at(calls('c1')),
            at(calls('c2')),
            at(says('Twice.')),
            completed('resp_1'),
          ],
        },
      ],
      [{ events: messageAnswer('Done') }],
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Look');
  await probe.notification('turn/completed');

  const texts = probe.all('item/completed').map(({ item }) => (item as Fields)['text']);
  expect(texts.slice(1)).toEqual(['I will look.', 'Twice.', 'Done']);
  expect(toldToModel((await bench.upstream.request(2)).body).slice(-6)).toEqual([
    'assistant: I will look.',
    expect.stringMatching(/^function_call: /u),
    expect.stringMatching(/^function_call: /u),
    'assistant: Twice.',
    'function_call_output: The plan is shown.',
    'function_call_output: The plan is shown.',
  ]);
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

test('people hear of a call to a tool that does not exist, once', async () => {
  const call = callAnswer({ name: 'teleport', arguments: {}, callId: 'call_1' });
  await using bench = await startTestEngine({
    scripts: [
      [{ events: call }],
      [{ events: callAnswer({ name: 'teleport', arguments: {}, callId: 'call_2' }) }],
      [{ events: messageAnswer('I see') }],
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Go');
  await probe.notification('turn/completed');

  expect(probe.all('warning')).toMatchObject([{ message: expect.stringContaining('teleport') }]);
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
  await probe.notification('thread/name/updated');

  expect(turn).toMatchObject({ status: 'interrupted', error: null });
  expect(steps(probe, from)).toEqual([
    'answer',
    'item/completed agentMessage',
    'thread/status/changed',
    'turn/completed',
    'thread/name/updated',
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
  expect(toldToModel(body).slice(-3)).toEqual([
    'assistant: Half a ',
    expect.stringMatching(/^user: <note .*stopped/su),
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
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const probe = await bench.client();
  const threadId = await probe.thread();

  const starting = probe.turn(threadId, 'Tell me');
  probe.send({ id: 'stop', method: 'turn/interrupt', params: { threadId, turnId: '' } });
  await starting;
  const { turn } = await probe.notification('turn/completed');

  expect(turn).toMatchObject({ status: 'interrupted' });
  expect(probe.all('turn/started')).toHaveLength(1);
  expect(bench.upstream.requests).toEqual([]);

  await probe.turn(threadId, 'Again');
  const { body } = await bench.upstream.request(1);
  expect(toldToModel(body).slice(-3)).toEqual([
    'user: Tell me',
    expect.stringMatching(/^user: <note .*stopped/su),
    'user: Again',
  ]);
});

test.each([
  ['a server error', [{ head: { status: 500 } }], 'internalServerError'],
  ['a wrong key', [{ head: { status: 401 } }], 'unauthorized'],
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
  expect(toldToModel(body).slice(-2)).toEqual(['user: Hi', 'user: Again']);
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
