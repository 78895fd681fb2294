import { expect, test } from 'vitest';

import { type ModelEvent, type ModelRequest, type ResponseItem, textMessage } from '../index.ts';
import {
  type Bench,
  callAnswer,
  completed,
  greeting,
  halfAnswer,
  messageAnswer,
  type Sampling,
  secondItem,
  startBench,
} from '../testing/index.ts';

const byWebSocket = { supportsWebsockets: true };
const user = (text: string): ResponseItem => textMessage('user', text);
const traceOfTurn = (n: number) => ({
  traceparent: `00-${String(n).padStart(32, '0')}-00f067aa0ba902b7-01`,
  tracestate: `vendor=${n}`,
});

const asObject = (value: unknown): object =>
  typeof value === 'object' && value !== null ? value : {};

/** What a sampling said, as it stands in the next input. */
const said = ({ events }: Sampling): ResponseItem[] =>
  events.flatMap((event) => (event.type === 'itemDone' ? [event.item] : []));

/** A first turn and its answer; gives the request of the second one. */
async function firstTurn(bench: Bench): Promise<ModelRequest> {
  const sampling = bench.sample();
  expect(await sampling.ended).toBeUndefined();
  return { ...greeting, input: [...greeting.input, ...said(sampling), user('and you?')] };
}

const answers = [
  [{ events: messageAnswer('fine', { response: 'resp_1', item: 'msg_1' }) }],
  [{ events: messageAnswer('well', { response: 'resp_2', item: 'msg_2' }) }],
  [{ events: messageAnswer('good', { response: 'resp_3', item: 'msg_3' }) }],
];

test('responses_websocket_streams_request: the frame, the beta header and the ids are there', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer([{ events: messageAnswer('hello there') }]);
  const sampling = bench.sample();

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.text()).toBe('hello there');
  expect(sockets.handshakes).toMatchObject([
    {
      'openai-beta': 'responses_websockets=2026-02-06',
      'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
      authorization: 'Bearer sk-test',
      'x-client-request-id': 'thread-1',
      originator: 'parley_test',
    },
  ]);
  const [create] = sockets.creates;
  expect(create).toMatchObject({
    type: 'response.create',
    model: 'test-model',
    instructions: 'Be brief.',
    stream: true,
    store: false,
    prompt_cache_key: 'thread-1',
    client_metadata: {
      'x-codex-installation-id': 'installation-1',
      'x-codex-window-id': 'thread-1:0',
      turn_id: 'turn-1',
      'x-codex-ws-stream-request-start-ms': String(bench.clock.nowMs()),
    },
  });
  expect(create).not.toHaveProperty('previous_response_id');
  expect(create).not.toHaveProperty('generate');
  expect(bench.upstream.requests).toEqual([]);
});

test('a socket and HTTP get the same request and give the same events', async () => {
  await using one = await startBench([[{ events: messageAnswer('hello there') }]]);
  await using other = await startBench([], byWebSocket);
  other.upstream.sockets.answer([{ events: messageAnswer('hello there') }]);
  const byHttp = one.sample();
  const bySocket = other.sample();
  await byHttp.ended;
  await bySocket.ended;

  expect(bySocket.events).toEqual(byHttp.events);
  const [create] = other.upstream.sockets.creates;
  expect({ ...create, type: undefined, client_metadata: undefined }).toEqual({
    ...asObject(one.upstream.requests[0]?.body),
    client_metadata: undefined,
  });
});

test('responses_websocket_uses_previous_response_id_when_prefix_after_completed', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(...answers);
  const second = await firstTurn(bench);
  const sampling = bench.sample(second, { turnId: 'turn-2' });

  expect(await sampling.ended).toBeUndefined();
  expect(sockets.handshakes).toHaveLength(1);
  expect(sockets.creates[1]).toMatchObject({
    previous_response_id: 'resp_1',
    instructions: 'Be brief.',
    input: [{ role: 'user', content: [{ text: 'and you?' }] }],
  });
  expect(sockets.creates[1]?.input).toHaveLength(1);
});

test('responses_websocket_v2_incremental_requests_are_reused_across_turns, tools included', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  const call = { name: 'look', arguments: {}, callId: 'call_1' };
  sockets.answer([{ events: callAnswer(call, 'resp_1') }], ...answers.slice(1));
  const first = bench.sample();
  await first.ended;
  const output: ResponseItem = { type: 'function_call_output', call_id: 'call_1', output: 'seen' };
  const input = [...greeting.input, ...said(first), output];
  const second = bench.sample({ ...greeting, input });
  await second.ended;
  const third = bench.sample({ ...greeting, input: [...input, ...said(second), user('more')] });
  await third.ended;

  expect(
    sockets.creates.map((create) => [create['previous_response_id'], create.input?.length]),
  ).toEqual([
    [undefined, 1],
    ['resp_1', 1],
    ['resp_2', 1],
  ]);
  expect(sockets.connections).toHaveLength(1);
});

test.for<[string, Partial<ModelRequest>]>([
  ['the model', { model: 'another' }],
  ['the effort', { reasoning: { effort: 'high' } }],
  ['the schema of the answer', { text: { outputSchema: { type: 'object' } } }],
  ['the tier', { serviceTier: 'priority' }],
  ['the instructions', { instructions: 'Be long.' }],
])('responses_websocket_creates_when_non_input_request_fields_change: %s', async ([, change]) => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(...answers);
  const second = { ...(await firstTurn(bench)), ...change };
  const sampling = bench.sample(second);
  await sampling.ended;
  // The next one with the same fields builds on it again.
  await bench.sample({ ...second, input: [...second.input, ...said(sampling), user('more')] })
    .ended;

  expect(sockets.creates.map((create) => create['previous_response_id'])).toEqual([
    undefined,
    undefined,
    'resp_2',
  ]);
  expect(sockets.creates[1]?.input).toHaveLength(3);
  expect(sockets.handshakes).toHaveLength(1);
});

test('responses_websocket_creates_on_non_prefix: a history that was cut is said in full', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(...answers);
  await firstTurn(bench);
  await bench.sample({ ...greeting, input: [user('something else')] }).ended;

  expect(sockets.creates[1]).not.toHaveProperty('previous_response_id');
  expect(sockets.creates[1]?.input).toHaveLength(1);
});

test.for<[string, readonly (Record<string, unknown> & { type: string })[]]>([
  ['an end without an id', [{ type: 'response.completed', response: {} }]],
  [
    'an item that cannot be read',
    [
      { type: 'response.output_item.done', output_index: 1, item: { type: 'message' } },
      completed('resp_1'),
    ],
  ],
])('after %s the next request is said in full over a new connection', async ([, end]) => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(
    [{ events: [...messageAnswer('fine').slice(0, -1), ...end] }],
    ...answers.slice(1),
  );
  const second = await firstTurn(bench);
  expect(await bench.sample(second).ended).toBeUndefined();

  expect(sockets.creates[1]).not.toHaveProperty('previous_response_id');
  expect(sockets.creates[1]?.input).toHaveLength(3);
  expect(sockets.connections).toHaveLength(2);
});

test('responses_websocket_reuses_connection_with_per_turn_trace_payloads', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(...answers);
  await bench.sample(greeting, { trace: traceOfTurn(1) }).ended;
  await bench.sample(greeting, { trace: traceOfTurn(2) }).ended;
  await bench.sample(greeting).ended;

  const traces = sockets.creates.map(({ client_metadata: metadata }) => [
    metadata?.['ws_request_header_traceparent'],
    metadata?.['ws_request_header_tracestate'],
  ]);
  expect(traces.slice(0, 2)).toEqual([1, 2].map((n) => Object.values(traceOfTurn(n))));
  expect(traces[2]).toEqual([expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/u), undefined]);
  expect(sockets.handshakes).toHaveLength(1);
  expect(sockets.handshakes[0]).not.toHaveProperty('traceparent');
});

test('responses_websocket_forwards_turn_metadata_on_initial_and_incremental_create', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(...answers);
  const second = await firstTurn(bench);
  const clientMetadata = { fiber_run_id: 'run-1', session_id: 'forged' };
  await bench.sample(second, { turnId: 'turn-2', clientMetadata }).ended;

  const [create] = sockets.creates.slice(1);
  const metadata: unknown = JSON.parse(create?.client_metadata?.['x-codex-turn-metadata'] ?? '');
  expect(metadata).toMatchObject({
    fiber_run_id: 'run-1',
    session_id: 'thread-1',
    turn_id: 'turn-2',
  });
  expect(create).toHaveProperty('previous_response_id', 'resp_1');
});

test('metadata too long for a header goes over a socket all the same', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(...answers);
  const clientMetadata = { long: 'x'.repeat(20_000) };
  expect(await bench.sample(greeting, { clientMetadata }).ended).toBeUndefined();

  expect(sockets.handshakes[0]).not.toHaveProperty('x-codex-turn-metadata');
  expect(sockets.creates[0]?.client_metadata?.['x-codex-turn-metadata']).toContain(
    'x'.repeat(20_000),
  );
});

test('responses_websocket_emits_rate_limit_events, models etag and reasoning-included from the upgrade', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.next({
    accept: true,
    headers: { 'x-models-etag': 'etag-1', 'x-reasoning-included': 'true' },
  });
  const limits = {
    type: 'codex.rate_limits',
    rate_limits: { primary: { used_percent: 42, window_minutes: 60, reset_at: 1_700_000_000 } },
  };
  const metadata = { type: 'response.metadata', headers: { 'x-models-etag': 'etag-2' } };
  sockets.answer([{ events: [limits, metadata, ...messageAnswer('fine')] }]);
  const sampling = bench.sample();
  await sampling.ended;

  expect(sampling.events.slice(0, 4)).toMatchObject([
    { type: 'modelsEtag', etag: 'etag-1' },
    { type: 'reasoningIncluded' },
    { type: 'rateLimits', snapshot: { primary: { usedPercent: 42, windowDurationMins: 60 } } },
    { type: 'modelsEtag', etag: 'etag-2' },
  ]);
  const next = bench.sample();
  await next.ended;
  expect(
    next.events.map(({ type }) => type).filter((type) => type === 'reasoningIncluded'),
  ).toEqual([]);
});

test.for(['upgrade', 'event'])(
  'sticky turn state learnt from the %s stays with its turn',
  async (source) => {
    await using bench = await startBench([], byWebSocket);
    const { sockets } = bench.upstream;
    const headers = { 'x-codex-turn-state': 'sticky-1' };
    if (source === 'upgrade') sockets.next({ accept: true, headers });
    const told = source === 'event' ? [{ type: 'response.metadata', headers }] : [];
    const broken = messageAnswer('hello there').slice(0, 3);
    sockets.answer([{ events: [...told, ...broken] }, { cut: true }], ...answers);
    const sampling = bench.sample();
    await sockets.create(1);
    while (sockets.creates.length < 2) {
      await new Promise(setImmediate);
      bench.clock.advance(2);
    }
    expect(await sampling.ended).toBeUndefined();
    await bench.sample(greeting, { turnId: 'turn-2' }).ended;

    const states = sockets.creates.map(
      ({ client_metadata: metadata }) => metadata?.['x-codex-turn-state'],
    );
    expect(states.slice(1)).toEqual(['sticky-1', undefined]);
    expect(sockets.handshakes[1]).toHaveProperty('x-codex-turn-state', 'sticky-1');
  },
);

test('turn state learnt from the upgrade does not go into the next turn over the same connection', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.next({ accept: true, headers: { 'x-codex-turn-state': 'sticky-1' } });
  sockets.answer(...answers);
  await bench.sample().ended;
  await bench.sample(greeting, { turnId: 'turn-2' }).ended;

  const states = sockets.creates.map(
    ({ client_metadata: metadata }) => metadata?.['x-codex-turn-state'],
  );
  expect(states).toEqual(['sticky-1', undefined]);
});

test('frames that are unknown, malformed or binary are passed over and the answer is read on', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  const sampling = bench.sample();
  const socket = await sockets.connection(1);
  await socket.create(1);
  const [created, ...rest] = messageAnswer('hello there');
  socket.send(created ?? '', 'not json', '[1]', '{"type":"response.brand_new"}', '{"type":7}');
  socket.sendBinary(Uint8Array.of(1, 2, 3));
  socket.send(...rest);

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.text()).toBe('hello there');
});

test('what comes after the end of an answer does not get into the next one', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  const late = secondItem(messageAnswer('late')).slice(0, -1);
  sockets.answer(
    [{ events: [...messageAnswer('fine'), ...late, completed('resp_1')] }],
    ...answers.slice(1),
  );
  const first = bench.sample();
  await first.ended;
  await (await sockets.connection(1)).roundTrip();
  const second = bench.sample();
  await second.ended;

  expect([first.text(), second.text()]).toEqual(['fine', 'well']);
});

test('a model that prefers sockets gets one although the provider does not ask for it', async () => {
  await using bench = await startBench([[{ events: messageAnswer('by HTTP') }]]);
  const { sockets } = bench.upstream;
  sockets.answer([{ events: messageAnswer('by socket') }]);
  const preferring = bench.sample({ ...greeting, preferWebsockets: true });
  await preferring.ended;
  const plain = bench.sample({ ...greeting, preferWebsockets: false });
  await plain.ended;

  expect([preferring.text(), plain.text()]).toEqual(['by socket', 'by HTTP']);
});

const INTERRUPTED = {
  type: 'response.incomplete',
  response: { id: 'resp_1', status: 'incomplete', incomplete_details: { reason: 'interrupted' } },
};

test('steer_interrupts_and_drains_websocket: a model that can stops, and the same socket goes on', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  const request = { ...greeting, takesInterrupt: true };
  const session = bench.client.startTurn({ turnId: 'turn-1', startedAtMs: 0 });
  const events: ModelEvent[] = [];
  const sample = async (next: ModelRequest): Promise<void> => {
    const { signal } = new AbortController();
    for await (const event of session.stream(next, { signal })) {
      events.push(event);
      if (event.type === 'textDelta') session.requestInterrupt();
    }
  };
  const first = sample(request);
  const socket = await sockets.connection(1);
  await socket.create(1);
  socket.send(...halfAnswer());
  expect(await socket.frame(2)).toEqual({
    type: 'response.interrupt',
    response_id: 'resp_1',
    mode: 'discard_partial_items',
  });
  const accepted = { type: 'response.interrupt.accepted', response_id: 'resp_1' };
  const dropped = { type: 'response.output_item.interrupted', item_id: 'msg_1', output_index: 0 };
  socket.send(accepted, dropped, INTERRUPTED);
  await first;
  expect(events.slice(-2)).toMatchObject([
    { type: 'itemInterrupted', itemId: 'msg_1' },
    { type: 'completed', responseId: 'resp_1', endTurn: false },
  ]);
  session.requestInterrupt();
  sockets.answer(answers[1] ?? []);
  await sample({ ...request, input: [...request.input, user('rather this')] });

  expect(socket.creates[1]).toMatchObject({ previous_response_id: 'resp_1' });
  expect(socket.creates[1]?.input).toHaveLength(1);
  // The second answer came at once, and was asked to stop as well.
  expect(socket.frames.map(({ type }) => type).slice(0, 3)).toEqual([
    'response.create',
    'response.interrupt',
    'response.create',
  ]);
});

test('a model that cannot be stopped is waited for', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(...answers);
  const session = bench.client.startTurn({ turnId: 'turn-1', startedAtMs: 0 });
  const { signal } = new AbortController();
  const types: string[] = [];
  for await (const event of session.stream(greeting, { signal })) {
    types.push(event.type);
    session.requestInterrupt();
  }

  expect(types.at(-1)).toBe('completed');
  expect(sockets.connections[0]?.frames).toHaveLength(1);
});

test('turns at the same time do not share a connection, and only one is kept', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  const one = bench.sample();
  const first = await sockets.connection(1);
  await first.create(1);
  const other = bench.sample(greeting, { turnId: 'turn-2' });
  const second = await sockets.connection(2);
  await second.create(1);
  second.send(...messageAnswer('two'));
  await other.ended;
  await second.closed;
  first.send(...messageAnswer('one'));
  await one.ended;
  sockets.answer(...answers);
  await bench.sample().ended;

  expect([one.text(), other.text()]).toEqual(['one', 'two']);
  expect(first.creates).toHaveLength(2);
});
