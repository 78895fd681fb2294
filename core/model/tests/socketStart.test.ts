import { setImmediate } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { ModelAbortedError } from '../index.ts';
import {
  type Bench,
  greeting,
  messageAnswer,
  type Sampling,
  startBench,
  untilEnded,
  withKey,
} from '../testing/index.ts';

const byWebSocket = { supportsWebsockets: true };
const answer = [{ events: messageAnswer('fine') }];
const tool = {
  type: 'function',
  name: 'look',
  description: 'Looks.',
  strict: false,
  parameters: { type: 'object' },
} as const;
const request = { ...greeting, tools: [tool] };

/** A first turn that has come as far as waiting for what was begun ahead. */
async function waitingTurn(bench: Bench): Promise<Sampling> {
  const before = bench.clock.armed;
  const sampling = bench.sample(request);
  while (bench.clock.armed === before) await setImmediate();
  return sampling;
}

/** Connected, prewarmed, and the client has read the end of it. */
async function warm(bench: Bench): Promise<void> {
  bench.client.connectAhead(request);
  const socket = await bench.upstream.sockets.connection(1);
  await socket.create(1);
  await socket.roundTrip();
}

test('responses_websocket_request_prewarm_reuses_connection: full tools and instructions, no input', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(answer);
  await warm(bench);
  const sampling = bench.sample(request);

  expect(await sampling.ended).toBeUndefined();
  const [socket] = sockets.connections;
  const [ahead, create] = socket?.creates ?? [];
  expect(ahead).toMatchObject({
    generate: false,
    instructions: 'Be brief.',
    tools: [{ name: 'look' }],
    input: [],
    client_metadata: { turn_id: '' },
  });
  expect(ahead?.client_metadata?.['x-codex-turn-metadata']).toContain('"request_kind":"prewarm"');
  expect(create).toMatchObject({ previous_response_id: 'resp_warm', tools: [{ name: 'look' }] });
  expect(create?.input).toHaveLength(1);
  expect(create).not.toHaveProperty('generate');
  expect(sockets.handshakes).toHaveLength(1);
  expect(sampling.events.map(({ type }) => type)[0]).toBe('created');
});

test('responses_websocket_preconnect_does_not_replace_turn_trace_payload', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(answer);
  await warm(bench);
  const trace = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };
  await bench.sample(request, { trace }).ended;

  const traces = sockets.connections[0]?.creates.map(
    ({ client_metadata: metadata }) => metadata?.['ws_request_header_traceparent'],
  );
  expect(traces?.[1]).toBe(trace.traceparent);
  expect(traces?.[0]).not.toBe(trace.traceparent);
});

test('responses_websocket_request_prewarm_is_reused_even_with_header_changes, in full where fields changed', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(answer);
  await warm(bench);
  const clientMetadata = { origin: 'elsewhere' };
  await bench.sample({ ...request, model: 'another' }, { clientMetadata }).ended;

  const create = sockets.connections[0]?.creates[1];
  expect(create).not.toHaveProperty('previous_response_id');
  expect(sockets.handshakes).toHaveLength(1);
});

test('websocket_first_turn_waits_for_inflight_preconnect: one handshake in all', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.next({ acceptAfter: 'ready' });
  sockets.answer(answer);
  bench.client.connectAhead(request);
  await sockets.handshake(1);
  const sampling = await waitingTurn(bench);
  bench.clock.advance(1500);
  expect(sampling.remarks).toEqual([
    'Waiting for Test provider to open a WebSocket; without one within 15 s the request goes by HTTP.',
  ]);
  bench.upstream.open('ready');

  expect(await sampling.ended).toBeUndefined();
  expect(sockets.handshakes).toHaveLength(1);
});

test('a connection that was opened ahead is handed over once', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(answer);
  await warm(bench);
  bench.client.connectAhead(request);
  bench.client.connectAhead(request);
  await bench.sample(request).ended;
  bench.client.connectAhead(request);
  await bench.sample(request, { turnId: 'turn-2' }).ended;

  expect(sockets.handshakes).toHaveLength(1);
});

test('what a prewarm generates all the same is not kept, and the first turn is said in full', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answerPrewarm([
    { events: messageAnswer('unasked', { response: 'resp_warm', item: 'm' }) },
  ]);
  sockets.answer(answer);
  await warm(bench);
  const sampling = bench.sample(request);
  await sampling.ended;

  expect(sampling.text()).toBe('fine');
  expect(sockets.creates[0]).not.toHaveProperty('previous_response_id');
  expect(sockets.handshakes).toHaveLength(1);
});

test('a prewarm that is refused costs the connection and nothing else', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answerPrewarm([
    { events: [{ type: 'error', status: 400, error: { message: 'no warming' } }] },
  ]);
  sockets.answer(answer);
  bench.client.connectAhead(request);
  await (
    await sockets.connection(1)
  ).closed;
  const sampling = bench.sample(request);

  expect(await sampling.ended).toBeUndefined();
  expect([sampling.notices, sampling.remarks]).toEqual([[], []]);
  expect(sockets.creates[0]).not.toHaveProperty('previous_response_id');
  expect(sockets.handshakes).toHaveLength(2);
});

test('a prewarm that is never answered holds the first request back for a second, no longer', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answerPrewarm([{ stall: true }]);
  sockets.answer(answer);
  bench.client.connectAhead(request);
  await (await sockets.connection(1)).create(1);
  const sampling = await waitingTurn(bench);
  bench.clock.advance(900);
  expect(sockets.handshakes).toHaveLength(1);
  bench.clock.advance(100);

  expect(await sampling.ended).toBeUndefined();
  expect(sockets.handshakes).toHaveLength(2);
  expect(sockets.creates[0]).not.toHaveProperty('previous_response_id');
});

test('a prewarm nobody waits for is given up after the limit of a handshake', async () => {
  await using bench = await startBench([], { ...byWebSocket, websocketConnectTimeoutMs: 3000 });
  const { sockets } = bench.upstream;
  sockets.answerPrewarm([{ stall: true }]);
  bench.client.connectAhead(request);
  const socket = await sockets.connection(1);
  await socket.create(1);
  bench.clock.advance(2900);
  await socket.roundTrip();
  bench.clock.advance(200);

  expect(await socket.closed).toMatchObject({ code: 1006 });
});

test('an interrupt while the handshake hangs ends the turn at once and drops what was begun', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(answer);
  sockets.next({ stall: true });
  bench.client.connectAhead(request);
  await sockets.handshake(1);
  const sampling = await waitingTurn(bench);
  sampling.abort.abort();

  expect(await sampling.ended).toBeInstanceOf(ModelAbortedError);
  expect(await bench.sample(request).ended).toBeUndefined();
  expect(sockets.handshakes).toHaveLength(2);
  expect(bench.upstream.requests).toEqual([]);
});

test('an interrupt while the model is warmed ends the turn at once and drops the connection', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.answer(answer);
  sockets.answerPrewarm([{ stall: true }]);
  bench.client.connectAhead(request);
  const socket = await sockets.connection(1);
  await socket.create(1);
  const sampling = await waitingTurn(bench);
  sampling.abort.abort();

  expect(await sampling.ended).toBeInstanceOf(ModelAbortedError);
  expect(await socket.closed).toMatchObject({ code: 1006 });
  expect(await bench.sample(request).ended).toBeUndefined();
  expect(sockets.handshakes).toHaveLength(2);
});

test('closing the client ends what was begun ahead, and nothing is begun afterwards', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  await warm(bench);
  bench.client.close();
  bench.client.close();
  bench.client.connectAhead(request);

  expect(await sockets.connections[0]?.closed).toMatchObject({ code: 1006 });
  expect(await bench.sample(request).ended).toBeInstanceOf(ModelAbortedError);
  expect(sockets.handshakes).toHaveLength(1);
});

test('no key yet at the start is no reason to fail the first turn, which finds one', async () => {
  let isThere = false;
  await using bench = await startBench([], {
    ...byWebSocket,
    authenticated: async (sending) => {
      if (!isThere) throw new TypeError('no key yet');
      return withKey('sk-late')(sending);
    },
  });
  const { sockets } = bench.upstream;
  sockets.answer(answer);
  bench.client.connectAhead(request);
  await setImmediate();
  isThere = true;

  expect(await bench.sample(request).ended).toBeUndefined();
  expect(sockets.handshakes[0]).toHaveProperty('authorization', 'Bearer sk-late');
});

test('a socket that is open is no longer said to be waited for, however long the model takes to warm', async () => {
  await using bench = await startBench([], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.next({ acceptAfter: 'go' });
  sockets.answerPrewarm([{ until: 'never' }]);
  sockets.answer(answer);
  bench.client.connectAhead(request);
  await sockets.handshake(1);
  const sampling = await waitingTurn(bench);
  bench.clock.advance(900);
  bench.upstream.open('go');
  await (await sockets.connection(1)).create(1);
  bench.clock.advance(900);
  expect(sampling.remarks).toEqual([]);

  expect(await untilEnded(bench, sampling, 20)).toBeUndefined();
  expect(sampling.remarks).toEqual([]);
});
