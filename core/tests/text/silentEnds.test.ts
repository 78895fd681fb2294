import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  completed,
  messageAnswer,
  type SocketStep,
  type UpstreamEvent,
  type UpstreamStep,
} from '../../model/testing/index.ts';
import { completedItems, startTestEngine, timedOut, turnEnded } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const done: readonly SocketStep[] = [{ events: messageAnswer('Done') }];
const retrying = { config: { 'model_providers.scripted.stream_max_retries': 2 } };

const answered = (...items: readonly Fields[]): readonly SocketStep[] => [
  {
    events: [
      { type: 'response.created', response: { id: 'resp_1' } },
      ...items.map((item): UpstreamEvent => ({
        type: 'response.output_item.done',
        output_index: 0,
        item,
      })),
      completed('resp_1'),
    ],
  },
];

function inputOf(body: unknown): readonly Fields[] {
  return (body as { readonly input: readonly Fields[] }).input;
}

test.each<[name: string, call: Fields, output: Fields]>([
  [
    'a search for tools',
    { type: 'tool_search_call', call_id: 'c1', execution: 'client', arguments: { query: 'x' } },
    { type: 'tool_search_output', call_id: 'c1', execution: 'client', tools: [] },
  ],
  [
    'a local shell',
    { type: 'local_shell_call', id: 'lsh_1', call_id: 'c1', status: 'completed', action: {} },
    { type: 'local_shell_call_output', id: 'lsh_1', call_id: 'c1' },
  ],
  [
    'a local shell without a call id',
    { type: 'local_shell_call', id: 'lsh_1', call_id: null, action: {} },
    { type: 'local_shell_call_output', call_id: 'lsh_1' },
  ],
  [
    'a shell',
    { type: 'shell_call', call_id: 'c1', action: { commands: ['ls'] } },
    { type: 'shell_call_output', call_id: 'c1', output: [{ outcome: { exit_code: 1 } }] },
  ],
  [
    'a patch',
    { type: 'apply_patch_call', call_id: 'c1', operation: {} },
    { type: 'apply_patch_call_output', call_id: 'c1', status: 'failed' },
  ],
  [
    'a call of a kind that is not known yet',
    { type: 'teleport_call', call_id: 'c1', to: 'Mars' },
    { type: 'teleport_call_output', call_id: 'c1' },
  ],
])(
  '%s that nothing here answers gets an output and a warning, and the turn goes on',
  async (_name, call, output) => {
    await using bench = await startTestEngine({ scripts: [answered(call), done] });
    bench.upstream.sockets.answer(answered(call), done);
    const probe = await bench.client();
    const threadId = await probe.thread({
      config: { 'model_providers.scripted.supports_websockets': true },
    });
    await probe.turn(threadId, 'Go on');

    expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
    expect(completedItems(probe, 'agentMessage')).toMatchObject([{ text: 'Done' }]);
    expect(probe.all('warning')).toMatchObject([
      { message: expect.stringContaining(String(call['type'])) as unknown },
    ]);
    const second = await bench.upstream.sockets.create(2);
    expect(inputOf(second).at(-1)).toMatchObject(output);
  },
);

test.each<[name: string, items: readonly Fields[]]>([
  ['runs itself', [{ type: 'web_search_call', id: 'ws_1', status: 'completed' }]],
  [
    'has found tools for itself',
    [{ type: 'tool_search_call', call_id: 'c1', execution: 'server', arguments: {} }],
  ],
  [
    'answers in the same breath',
    [
      { type: 'shell_call', call_id: 'c1', action: {} },
      { type: 'shell_call_output', call_id: 'c1', output: [] },
    ],
  ],
])('a call that the provider %s is left to it', async (_name, items) => {
  const message = { type: 'message', id: 'm', role: 'assistant', content: [] };
  await using bench = await startTestEngine({ scripts: [answered(...items, message)] });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Go on');

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(probe.all('warning')).toEqual([]);
  expect(bench.upstream.requests).toHaveLength(1);
});

test.each<[name: string, last: readonly UpstreamStep[]]>([
  [
    'without output and with a usage that cannot be read',
    [{ events: [{ type: 'response.completed', response: { id: 'r', usage: 'a lot' } }] }],
  ],
  [
    'in a form that cannot be read',
    [{ events: [{ type: 'response.completed', response: 'fine' }] }, { stall: true }],
  ],
])('an answer that ends %s is asked for again', async (_name, last) => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock, scripts: [last, done] });
  const probe = await bench.client();
  const beganMs = clock.nowMs();
  await probe.turn(await probe.thread(retrying), 'Hi');
  await probe.notification('error');

  expect(clock.nowMs()).toBe(beganMs);
  expect(await timedOut(clock, probe, 1, 50)).toMatchObject({ status: 'completed' });
  expect(completedItems(probe, 'agentMessage')).toMatchObject([{ text: 'Done' }]);
});

test('an answer that is empty and says so properly is an answer', async () => {
  await using bench = await startTestEngine({ scripts: [answered()] });
  const probe = await bench.client();
  await probe.turn(await probe.thread(retrying), 'Hi');

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(bench.upstream.requests).toHaveLength(1);
});

const planCall = (callId: string): Fields => ({
  type: 'function_call',
  id: 'item_0',
  call_id: callId,
  name: 'update_plan',
  arguments: '{"plan":[]}',
});

const event = (type: string, callId: string): UpstreamEvent => ({
  type: `response.output_item.${type}`,
  output_index: 0,
  item: planCall(callId),
});

test('calls are known by their call ids where a server numbers every item 0', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [
        {
          events: [
            event('added', 'c1'),
            event('added', 'c2'),
            event('done', 'c2'),
            event('done', 'c1'),
            completed('resp_1'),
          ],
        },
      ],
      done,
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Plan');
  await turnEnded(probe);

  const { body } = await bench.upstream.request(2);
  const calls = inputOf(body).filter((item) => 'call_id' in item);
  expect(calls.map(({ type, call_id }) => `${String(type)} ${String(call_id)}`).toSorted()).toEqual(
    ['function_call c1', 'function_call c2', 'function_call_output c1', 'function_call_output c2'],
  );
});
