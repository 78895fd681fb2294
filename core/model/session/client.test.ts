import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import type { ModelEvent } from '../index.ts';
import { completed, greeting, messageAnswer, sseEvent, startBench } from '../testing/index.ts';

const usage = {
  totalTokens: 120,
  inputTokens: 100,
  cachedInputTokens: 40,
  cacheWriteInputTokens: 0,
  outputTokens: 20,
  reasoningOutputTokens: 5,
};
const hello: ModelEvent[] = [
  { type: 'created', responseId: 'resp_1' },
  {
    type: 'itemAdded',
    itemId: 'msg_1',
    item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
  },
  { type: 'textDelta', itemId: 'msg_1', delta: 'hello ' },
  { type: 'textDelta', itemId: 'msg_1', delta: 'thére' },
  {
    type: 'itemDone',
    itemId: 'msg_1',
    item: {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'hello thére' }],
    },
  },
  { type: 'completed', responseId: 'resp_1', usage, endTurn: undefined },
];
const answer = messageAnswer('hello thére');
const wire = answer.map(sseEvent).join('');

test('an answer arrives as events in order and ends with its usage', async () => {
  await using bench = await startBench([[{ events: answer }]]);
  const sampling = bench.sample();

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.events).toEqual(hello);
  expect(sampling.notices).toEqual([]);
});

test.for<{ name: string; bytes: (string | Uint8Array)[]; headers?: Record<string, string> }>([
  { name: 'with CRLF line ends', bytes: [wire.replaceAll('\n', '\r\n')] },
  { name: 'without the final blank line', bytes: [wire.trimEnd()] },
  { name: 'with a byte order mark', bytes: ['\uFEFF', wire] },
  { name: 'with comments and an end mark', bytes: [': ping\n\n', wire, 'data: [DONE]\n\n'] },
  { name: 'with no event names', bytes: [wire.replaceAll(/^event: .*\n/gmu, '')] },
  { name: 'with no space after the colon', bytes: [wire.replaceAll(': ', ':')] },
  {
    name: 'cut into single bytes, characters included',
    bytes: Array.from(Buffer.from(wire), (byte) => Uint8Array.of(byte)),
  },
  {
    name: 'compressed without being asked',
    bytes: [gzipSync(wire)],
    headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' },
  },
  { name: 'under a wrong content type', bytes: [wire], headers: { 'content-type': 'text/plain' } },
  {
    name: 'among events nobody knows and events that are broken',
    bytes: [
      sseEvent({ type: 'response.new_thing', x: 1 }),
      'data: {"type":"response.output_text.delta","delta":7}\n\n',
      'data: not json\n\n',
      'data: [1,2]\n\n',
      wire,
    ],
  },
])('the same answer is understood $name', async ({ bytes, headers }) => {
  const head = {
    head: { status: 200, headers: headers ?? { 'content-type': 'text/event-stream' } },
  };
  await using bench = await startBench([[head, ...bytes.map((piece) => ({ bytes: piece }))]]);
  const sampling = bench.sample();

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.events).toEqual(hello);
});

test('one JSON object instead of a stream is an answer too', async () => {
  const object = {
    id: 'resp_1',
    status: 'completed',
    output: [
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi' }] },
    ],
    usage: { input_tokens: 1, output_tokens: 2 },
  };
  await using bench = await startBench([
    [
      { head: { status: 200, headers: { 'content-type': 'application/json' } } },
      { bytes: JSON.stringify(object) },
    ],
  ]);
  const sampling = bench.sample();

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.events.map(({ type }) => type)).toEqual([
    'created',
    'itemAdded',
    'itemDone',
    'completed',
  ]);
  expect(sampling.events.at(-1)).toMatchObject({ usage: { totalTokens: 3, inputTokens: 1 } });
});

test('an answer is over with its last event although the connection stays open', async () => {
  await using bench = await startBench([[{ events: answer }, { stall: true }]]);

  expect(await bench.sample().ended).toBeUndefined();
});

test('samplings one after another share a connection', async () => {
  await using bench = await startBench([[{ events: answer }]]);

  // The connection is free a moment after the answer is, when its last bytes have been read.
  await expect
    .poll(async () => {
      await bench.sample().ended;
      const ports = bench.upstream.requests.map(({ remotePort }) => remotePort);
      return ports.at(-1) === ports.at(-2);
    })
    .toBe(true);
});

test('the request carries the conversation, who asks and nothing it should not', async () => {
  await using bench = await startBench([[{ events: answer }]], {
    headers: { 'X-Static': 'one', Originator: 'not me' },
    queryParams: { 'api-version': '2025-01' },
  });
  await bench.sample(undefined, { clientMetadata: { purpose: 'tést', turn_id: 'forged' } }).ended;

  const { method, path, headers, body } = await bench.upstream.request(1);
  expect({ method, path }).toEqual({ method: 'POST', path: '/v1/responses?api-version=2025-01' });
  expect(headers).toMatchObject({
    accept: 'text/event-stream',
    'content-type': 'application/json',
    authorization: 'Bearer sk-test',
    originator: 'parley_test',
    'user-agent': 'parley_test/1.0',
    'session-id': 'thread-1',
    'thread-id': 'thread-1',
    'x-client-request-id': 'thread-1',
    'x-codex-window-id': 'thread-1:0',
    'x-static': 'one',
  });
  const metadata = String(headers['x-codex-turn-metadata']);
  expect(metadata).toMatch(/^[\u0020-\u007e]+$/u);
  expect(JSON.parse(metadata)).toEqual({
    purpose: 'tést',
    installation_id: 'installation-1',
    session_id: 'thread-1',
    thread_id: 'thread-1',
    turn_id: 'turn-1',
    root_turn_id: 'turn-1',
    window_id: 'thread-1:0',
    window_number: 0,
    request_kind: 'turn',
    turn_started_at_unix_ms: 1000,
    model: 'test-model',
  });
  expect(body).toEqual({
    model: 'test-model',
    instructions: 'Be brief.',
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }],
    tools: [],
    tool_choice: 'auto',
    parallel_tool_calls: true,
    store: false,
    stream: true,
    include: [],
    prompt_cache_key: 'thread-1',
    client_metadata: {
      'x-codex-installation-id': 'installation-1',
      'x-codex-window-id': 'thread-1:0',
      'x-codex-turn-metadata': metadata,
      session_id: 'thread-1',
      thread_id: 'thread-1',
      turn_id: 'turn-1',
      root_turn_id: 'turn-1',
    },
  });
});

test('a plain provider is sent functions only, and no include', async () => {
  await using bench = await startBench([[{ events: answer }]], { dialect: 'plain' });
  const look = {
    type: 'function',
    name: 'look',
    description: 'Looks.',
    strict: false,
    parameters: { type: 'object' },
  } as const;
  await bench.sample({
    ...greeting,
    tools: [look, { type: 'web_search' }],
    reasoning: { effort: 'low' },
  }).ended;

  const { body } = await bench.upstream.request(1);
  expect(body).toMatchObject({ tools: [look], reasoning: { effort: 'low' } });
  expect(body).not.toHaveProperty('include');
});

test('tools, reasoning, tier and the shape of the answer go out as they were asked for', async () => {
  await using bench = await startBench([[{ events: answer }]]);
  const schema = { type: 'object' };
  await bench.sample({
    ...greeting,
    tools: [{ type: 'web_search' }],
    reasoning: { effort: 'high', summary: 'auto' },
    serviceTier: 'priority',
    text: { verbosity: 'low', outputSchema: schema },
  }).ended;

  expect((await bench.upstream.request(1)).body).toMatchObject({
    tools: [{ type: 'web_search' }],
    include: ['reasoning.encrypted_content'],
    reasoning: { effort: 'high', summary: 'auto' },
    service_tier: 'priority',
    text: {
      verbosity: 'low',
      format: { type: 'json_schema', name: 'codex_output_schema', strict: true, schema },
    },
  });
});

test('metadata too long for a header travels in the body alone', async () => {
  await using bench = await startBench([[{ events: answer }]]);
  await bench.sample(undefined, { clientMetadata: { long: 'x'.repeat(9000) } }).ended;

  const { headers, body } = await bench.upstream.request(1);
  expect(headers['x-codex-turn-metadata']).toBeUndefined();
  expect(JSON.stringify(body)).toContain('x'.repeat(9000));
});

test('the routing token of a turn is sent again in that turn and in no other', async () => {
  const withState = { head: { status: 200, headers: { 'x-codex-turn-state': 'route-1' } } };
  await using bench = await startBench([[withState, { events: answer }], [{ events: answer }]]);
  const session = bench.client.startTurn({ turnId: 'turn-1', startedAtMs: 0 });
  const other = bench.client.startTurn({ turnId: 'turn-2', startedAtMs: 0 });
  const { signal } = new AbortController();
  for (const turn of [session, session, other]) {
    for await (const event of turn.stream(greeting, { signal })) expect(event).toBeDefined();
  }

  const states = bench.upstream.requests.map(({ headers }) => headers['x-codex-turn-state']);
  expect(states).toEqual([undefined, 'route-1', undefined]);
});

test('items of kinds nobody knows come through and go back as they came', async () => {
  const odd = { type: 'hologram', id: 'h_1', depth: 3 };
  await using bench = await startBench([
    [
      {
        events: [{ type: 'response.output_item.done', output_index: 0, item: odd }, completed('r')],
      },
    ],
    [{ events: answer }],
  ]);
  const first = bench.sample();
  await first.ended;
  const done = first.events.find((event) => event.type === 'itemDone');
  await bench.sample({ ...greeting, input: done ? [done.item] : [] }).ended;

  expect((await bench.upstream.request(2)).body).toMatchObject({ input: [odd] });
});

test.for([{ supportsWebsockets: false }, { supportsWebsockets: true }])(
  'an answer of items without end is given up in words, and not asked for again: %o',
  async (changes) => {
    const events = Array.from({ length: 1_001 }, (_, index) => ({
      type: 'response.output_item.added',
      output_index: index,
      item: { type: 'message', id: `msg_${index}`, role: 'assistant', content: [] },
    }));
    const script = [{ events }, { stall: true } as const];
    await using bench = await startBench([script], changes);
    bench.upstream.sockets.answer(script);

    expect(await bench.sample().ended).toMatchObject({
      message: 'The answer of Test provider cannot be used: it has more than 1,000 items.',
      retryable: false,
    });
  },
);
