import { expect, test } from 'vitest';

import { completed, messageAnswer, type SocketStep } from '../../model/testing/index.ts';
import {
  completedItems,
  looseItems,
  type Message,
  type RpcProbe,
  startTestEngine,
  turnEnded,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const schema = { type: 'object', properties: { city: { type: 'string' } } };
const weather = { name: 'weather', description: 'Tells the weather', inputSchema: schema };
const hidden = {
  type: 'function' as const,
  ...weather,
  name: 'tide',
  description: 'Tells the tide',
  deferLoading: true,
};
const sea = { type: 'namespace' as const, name: 'sea', description: 'At sea', tools: [hidden] };

/** A provider that knows tools of every kind. */
const overSockets = { config: { 'model_providers.scripted.supports_websockets': true } };

const answer = (item: Fields): SocketStep[] => [
  {
    events: [
      { type: 'response.created', response: { id: 'r' } },
      { type: 'response.output_item.done', output_index: 0, item },
      completed('r'),
    ],
  },
];
const called = (name: string, fields: Fields = {}): SocketStep[] =>
  answer({ type: 'function_call', call_id: 'c1', name, arguments: '{"city":"Brest"}', ...fields });
const done: SocketStep[] = [{ events: messageAnswer('Done') }];

const toolCall = async (probe: RpcProbe, n = 1): Promise<Message> => {
  await probe.notification('item/tool/call', n);
  const found = probe.messages.filter(({ method }) => method === 'item/tool/call')[n - 1];
  if (found === undefined) throw new Error('not called');
  return found;
};
const outputTold = (body: unknown): unknown =>
  (body as { readonly input: readonly Fields[] }).input.at(-1);

test('a tool of the client is called by its own name, and what it answers reaches the model', async () => {
  await using bench = await startTestEngine({ scripts: [called('weather'), done] });
  const probe = await bench.client();
  const threadId = await probe.thread({ dynamicTools: [{ type: 'function', ...weather }] });
  const turnId = await probe.turn(threadId, 'How is the weather?');
  const call = await toolCall(probe);
  expect(call.params).toEqual({
    threadId,
    turnId,
    callId: 'c1',
    namespace: null,
    tool: 'weather',
    arguments: { city: 'Brest' },
  });
  const contentItems = [{ type: 'inputText', text: 'Rain' }];
  probe.send({ id: call.id, result: { contentItems, success: true } });

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(outputTold((await bench.upstream.request(2)).body)).toMatchObject({
    type: 'function_call_output',
    output: 'Rain',
  });
  expect(completedItems(probe, 'dynamicToolCall')).toMatchObject([
    {
      id: 'c1',
      namespace: null,
      tool: 'weather',
      arguments: { city: 'Brest' },
      status: 'completed',
      success: true,
      contentItems,
      durationMs: expect.any(Number) as unknown,
    },
  ]);
  expect(looseItems(probe)).toEqual([]);
  expect(probe.all('thread/status/changed').map(({ status }) => status)).toEqual([
    { type: 'active', activeFlags: [] },
    { type: 'idle' },
  ]);
  const tools = (await bench.upstream.request(1)).body as { readonly tools: readonly Fields[] };
  expect(tools.tools).toContainEqual({
    type: 'function',
    name: 'weather',
    description: 'Tells the weather',
    strict: false,
    parameters: schema,
  });
});

test('pictures go to the model as parts, and a failure is told as one', async () => {
  await using bench = await startTestEngine();
  bench.upstream.sockets.answer(called('weather'), done);
  const probe = await bench.client();
  const threadId = await probe.thread({ dynamicTools: [weather], ...overSockets });
  await probe.turn(threadId, 'Hi');
  const contentItems = [
    { type: 'inputText', text: 'Look' },
    { type: 'inputImage', imageUrl: 'data:image/png;base64,AA' },
  ];
  probe.send({ id: (await toolCall(probe)).id, result: { contentItems, success: false } });

  await turnEnded(probe);
  expect(completedItems(probe, 'dynamicToolCall')).toMatchObject([
    { status: 'failed', success: false },
  ]);
  expect(outputTold(await bench.upstream.sockets.create(2))).toMatchObject({
    output: [
      { type: 'input_text', text: 'Look' },
      { type: 'input_image', image_url: 'data:image/png;base64,AA' },
    ],
  });
});

test.each<readonly [string, (probe: RpcProbe, id: unknown) => void]>([
  ['an error', (probe, id) => probe.send({ id, error: { code: 1, message: 'out of order' } })],
  ['an answer of another form', (probe, id) => probe.send({ id, result: { words: 'Rain' } })],
])('%s of the client fails the call and not the turn', async (_name, reply) => {
  await using bench = await startTestEngine({ scripts: [called('weather'), done] });
  const probe = await bench.client();
  await probe.turn(await probe.thread({ dynamicTools: [weather] }), 'Hi');
  reply(probe, (await toolCall(probe)).id);

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(completedItems(probe, 'dynamicToolCall')).toMatchObject([
    { status: 'failed', success: false, contentItems: null },
  ]);
  expect(outputTold((await bench.upstream.request(2)).body)).toMatchObject({
    output: expect.stringMatching(/failed|connected/u) as unknown,
  });
});

test('a turn that is stopped while the client works is over, and a late answer is nothing', async () => {
  await using bench = await startTestEngine({ scripts: [called('weather'), done] });
  const probe = await bench.client();
  const threadId = await probe.thread({ dynamicTools: [weather] });
  const turnId = await probe.turn(threadId, 'Hi');
  const { id } = await toolCall(probe);
  await probe.call('turn/interrupt', { threadId, turnId });
  expect(await turnEnded(probe)).toMatchObject({ status: 'interrupted' });
  probe.send({ id, result: { contentItems: [], success: true } });

  await probe.call('thread/loaded/list', {});
  expect(completedItems(probe, 'dynamicToolCall')).toMatchObject([{ status: 'failed' }]);
  expect(looseItems(probe)).toEqual([]);
});

test('a tool to be found is not told, is found by what it does, and is then called by namespace and name', async () => {
  const search = {
    type: 'tool_search_call',
    call_id: 's1',
    execution: 'client',
    arguments: { query: 'when is high tide' },
  };
  await using bench = await startTestEngine();
  bench.upstream.sockets.answer(answer(search), called('tide', { namespace: 'sea' }), done);
  const probe = await bench.client();
  const threadId = await probe.thread({
    dynamicTools: [weather, sea],
    ...overSockets,
  });
  await probe.turn(threadId, 'When can I sail?');
  const call = await toolCall(probe);
  expect(call.params).toMatchObject({ namespace: 'sea', tool: 'tide', callId: 'c1' });
  probe.send({ id: call.id, result: { contentItems: [], success: true } });
  await turnEnded(probe);

  const first = JSON.stringify(await bench.upstream.sockets.create(1));
  expect(first).toContain('"type":"tool_search"');
  expect(first).not.toContain('Tells the tide');
  expect(outputTold(await bench.upstream.sockets.create(2))).toEqual({
    type: 'tool_search_output',
    call_id: 's1',
    status: 'completed',
    execution: 'client',
    tools: [
      {
        type: 'namespace',
        name: 'sea',
        description: 'At sea',
        tools: [
          {
            type: 'function',
            name: 'tide',
            description: 'Tells the tide',
            strict: false,
            parameters: schema,
            defer_loading: true,
          },
        ],
      },
    ],
  });
});

test('a name without its namespace is no tool', async () => {
  await using bench = await startTestEngine({ scripts: [called('tide'), done] });
  const probe = await bench.client();
  await probe.turn(await probe.thread({ dynamicTools: [sea] }), 'Hi');
  await turnEnded(probe);
  expect(probe.all('item/tool/call')).toEqual([]);
  expect(outputTold((await bench.upstream.request(2)).body)).toMatchObject({
    output: expect.stringContaining('There is no tool named tide') as unknown,
  });
});

test('the tools stay with the thread and with its copies', async () => {
  await using bench = await startTestEngine({ scripts: [done, called('weather'), done] });
  const before = await bench.client();
  const threadId = await before.thread({ dynamicTools: [weather] });
  await before.turn(threadId, 'Hi');
  await turnEnded(before);
  await bench.restart();

  const probe = await bench.client();
  await probe.call('thread/resume', { threadId });
  await probe.turn(threadId, 'And now?');
  const call = await toolCall(probe);
  probe.send({ id: call.id, result: { contentItems: [], success: true } });
  await turnEnded(probe);
  const { thread } = await probe.call('thread/fork', { threadId });
  await probe.turn((thread as { readonly id: string }).id, 'In the copy?');
  const { tools } = (await bench.upstream.request(4)).body as { readonly tools: readonly Fields[] };
  expect(tools.map(({ name }) => name)).toContain('weather');
});

test.each<readonly [string, Fields[], string]>([
  [
    'to be found without a namespace',
    [{ ...weather, deferLoading: true }],
    'deferred dynamic tool must include a namespace: weather',
  ],
  [
    'there twice',
    [weather, { type: 'function', ...weather }],
    'duplicate dynamic tool name: weather',
  ],
  ['named with a space', [{ ...weather, name: 'the weather' }], 'dynamicTools'],
])('a tool %s is refused', async (_name, dynamicTools, message) => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const { error } = await probe.ask('thread/start', { dynamicTools });
  expect(error).toMatchObject({
    code: -32600,
    message: expect.stringContaining(message) as unknown,
  });
});
