import { expect, test } from 'vitest';

import { callAnswer, halfAnswer, messageAnswer } from '../../model/testing/index.ts';
import {
  type RpcProbe,
  startTestEngine,
  type TestEngine,
  toldToModel,
} from '../../testing/index.ts';

const fine = [{ events: messageAnswer('by socket') }];
const byHttp = [[{ events: messageAnswer('by HTTP') }]];

type Options = { readonly limitMs?: number; readonly supports?: boolean };

function startSocketEngine({
  limitMs = 15_000,
  supports = true,
}: Options = {}): Promise<TestEngine> {
  return startTestEngine({
    scripts: byHttp,
    provider: `supports_websockets = ${supports}\nwebsocket_connect_timeout_ms = ${limitMs}`,
  });
}

const deltas = (probe: RpcProbe): string =>
  probe
    .all('item/agentMessage/delta')
    .map(({ delta }) => delta)
    .join('');

/** The kinds of items that were shown so far. */
const shown = (probe: RpcProbe): readonly unknown[] =>
  probe.all('item/completed').map(({ item }) => (item as { readonly type: string }).type);

test('websocket_preconnect_happens_on_session_start, and the first turn reuses the prewarmed connection', async () => {
  await using bench = await startSocketEngine();
  const { sockets } = bench.upstream;
  sockets.answer(fine);
  const probe = await bench.client();
  const threadId = await probe.thread();
  const socket = await sockets.connection(1);
  const ahead = await socket.create(1);
  await socket.roundTrip();
  const from = probe.mark;
  await probe.turn(threadId, 'Hi');
  await probe.notification('turn/completed');

  expect(deltas(probe)).toBe('by socket');
  const [, create] = socket.creates;
  expect(ahead).toMatchObject({ generate: false, input: [], model: 'test-model' });
  expect(ahead['instructions']).toEqual(expect.stringMatching(/./u));
  expect(create).toMatchObject({ previous_response_id: 'resp_warm' });
  for (const field of ['tools', 'instructions']) expect(create?.[field]).toEqual(ahead[field]);
  expect(toldToModel(create).at(-1)).toBe('user: Hi');
  expect(sockets.handshakes).toHaveLength(1);
  expect(bench.upstream.requests).toEqual([]);
  // Nothing was told of the prewarm, and the thread is named before anything else.
  expect(probe.messages.slice(0, from).some(({ method }) => method?.startsWith('item/'))).toBe(
    false,
  );
});

test('a prewarm carries the trace of the request that opened its thread, where that is one', async () => {
  await using bench = await startSocketEngine();
  const { sockets } = bench.upstream;
  sockets.answer(fine);
  const probe = await bench.client();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const traces: unknown[] = [];
  for (const given of [traceparent, 'nonsense']) {
    probe.send({ id: given, method: 'thread/start', params: {}, trace: { traceparent: given } });
    const socket = await sockets.connection(traces.length + 1);
    const { client_metadata: metadata } = await socket.create(1);
    traces.push(metadata?.['ws_request_header_traceparent']);
  }

  expect(traces).toEqual([
    traceparent,
    expect.stringMatching(/^00-(?!0af76519)[\da-f]{32}-[\da-f]{16}-0[01]$/u),
  ]);
});

test('websocket_test_codex_shell_chain: tools and turns go on over one connection, each with what is new', async () => {
  await using bench = await startSocketEngine();
  const { sockets } = bench.upstream;
  const plan = [{ step: 'Look', status: 'in_progress' }];
  sockets.answer(
    [
      {
        events: callAnswer(
          { name: 'update_plan', arguments: { plan }, callId: 'call_1' },
          'resp_1',
        ),
      },
    ],
    [{ events: messageAnswer('Done', { response: 'resp_2', item: 'msg_2' }) }],
    [{ events: messageAnswer('Again', { response: 'resp_3', item: 'msg_3' }) }],
  );
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Plan it');
  await probe.notification('turn/completed', 1);
  await probe.turn(threadId, 'And now?');
  await probe.notification('turn/completed', 2);

  const [, second, third] = sockets.creates;
  expect(second).toMatchObject({ previous_response_id: 'resp_1' });
  expect(toldToModel(second)).toEqual([expect.stringMatching(/^function_call_output: /u)]);
  expect(third).toMatchObject({ previous_response_id: 'resp_2' });
  expect(toldToModel(third)).toEqual(['user: And now?']);
  expect(sockets.handshakes).toHaveLength(1);
  const traces = [second, third].map(
    (create) => create?.client_metadata?.['ws_request_header_traceparent'],
  );
  expect(new Set(traces).size).toBe(2);
});

test('a thread that is resumed connects ahead, too', async () => {
  await using bench = await startSocketEngine();
  const { sockets } = bench.upstream;
  sockets.answer(fine);
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Hi');
  await probe.notification('turn/completed');
  await bench.restart();
  const before = sockets.connections.length;
  const again = await bench.client();
  await again.call('thread/resume', { threadId });
  const socket = await sockets.connection(before + 1);
  await socket.create(1);
  await socket.roundTrip();
  await again.turn(threadId, 'Still there?');
  await again.notification('turn/completed');

  expect(socket.creates).toHaveLength(2);
  expect(toldToModel(socket.creates[1])).toContain('user: Hi');
});

test('a hanging socket: the turn starts at once, its message is shown, and HTTP answers after the limit', async () => {
  await using bench = await startSocketEngine({ limitMs: 1500 });
  const { sockets } = bench.upstream;
  sockets.otherwise({ stall: true });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await sockets.handshake(1);
  const startedMs = performance.now();
  await probe.turn(threadId, 'Hi');
  await probe.notification('turn/started');
  await probe.notification('item/completed');

  expect(shown(probe)).toEqual(['userMessage']);
  expect(performance.now() - startedMs).toBeLessThan(1000);
  expect(bench.upstream.requests).toEqual([]);
  expect(await probe.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });
  expect(deltas(probe)).toBe('by HTTP');
  expect(probe.all('warning')).toMatchObject([
    { threadId, message: expect.stringMatching(/^Waiting for Scripted/u) },
    { threadId, message: expect.stringMatching(/^No WebSocket/u) },
  ]);
  expect(probe.all('error')).toEqual([]);

  const other = await probe.thread();
  await probe.turn(other, 'Hi');
  await probe.notification('turn/completed', 2);
  expect(sockets.handshakes).toHaveLength(1);
  expect(probe.all('warning')).toHaveLength(2);
});

test('turn/interrupt works while the socket connects, and the words of the user stay', async () => {
  await using bench = await startSocketEngine();
  const { sockets } = bench.upstream;
  sockets.next({ stall: true });
  sockets.answer(fine);
  const probe = await bench.client();
  const threadId = await probe.thread();
  await sockets.handshake(1);
  const turnId = await probe.turn(threadId, 'Remember me');
  await probe.notification('turn/started');
  const stoppedMs = performance.now();
  await probe.call('turn/interrupt', { threadId, turnId });
  expect(await probe.notification('turn/completed')).toMatchObject({
    turn: { status: 'interrupted' },
  });
  expect(performance.now() - stoppedMs).toBeLessThan(500);

  await probe.turn(threadId, 'Again');
  await probe.notification('turn/completed', 2);
  expect(toldToModel(sockets.creates[0])).toContain('user: Remember me');
  expect(bench.upstream.requests).toEqual([]);
});

test('turn/interrupt in the middle of an answer drops the socket, and the next turn is not held up', async () => {
  await using bench = await startSocketEngine();
  const { sockets } = bench.upstream;
  sockets.answer([{ events: halfAnswer() }, { stall: true }], fine);
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'Talk');
  await probe.notification('item/agentMessage/delta');
  await probe.call('turn/interrupt', { threadId, turnId });
  await probe.notification('turn/completed');
  expect(await sockets.connections[0]?.closed).toMatchObject({ code: 1006 });
  await probe.turn(threadId, 'Go on');
  await probe.notification('turn/completed', 2);

  expect(deltas(probe)).toContain('by socket');
  expect(sockets.creates[1]).not.toHaveProperty('previous_response_id');
});

test('a refused socket is tried twice in all, the try at the start of the thread included', async () => {
  await using bench = await startSocketEngine();
  const { sockets } = bench.upstream;
  sockets.otherwise({ refuse: 503 });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await sockets.handshake(1);
  await probe.turn(threadId, 'Hi');
  await probe.notification('turn/completed');

  expect(deltas(probe)).toBe('by HTTP');
  expect(sockets.handshakes).toHaveLength(2);
});

test('a provider without sockets is never asked for one', async () => {
  await using bench = await startSocketEngine({ supports: false });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');
  await probe.notification('turn/completed');

  expect(deltas(probe)).toBe('by HTTP');
  expect(bench.upstream.sockets.handshakes).toEqual([]);
});

test('a model that prefers sockets gets one where the provider does not ask for them', async () => {
  const models = ['test-model', 'other-model'].map((slug) => ({
    slug,
    display_name: slug,
    visibility: 'list',
    supported_reasoning_levels: [],
    prefer_websockets: slug === 'test-model',
  }));
  const list = [
    { head: { status: 200, headers: { 'content-type': 'application/json' } } },
    { bytes: JSON.stringify({ models }) },
  ];
  await using bench = await startTestEngine({ scripts: [list, ...byHttp] });
  const { sockets } = bench.upstream;
  sockets.answer(fine);
  const probe = await bench.client();
  await probe.call('model/list', {});
  await probe.turn(await probe.thread(), 'Hi');
  await probe.notification('turn/completed', 1);
  expect(deltas(probe)).toBe('by socket');
  await probe.turn(await probe.thread({ model: 'other-model' }), 'Hi');
  await probe.notification('turn/completed', 2);

  expect(deltas(probe)).toBe('by socketby HTTP');
  expect(sockets.handshakes).toHaveLength(1);
});

test('a model that can stop to listen is asked to when the user says more', async () => {
  const models = [
    {
      slug: 'test-model',
      display_name: 'Test',
      visibility: 'list',
      supported_reasoning_levels: [],
      prefer_websockets: true,
      use_responses_lite: true,
    },
  ];
  const list = [
    { head: { status: 200, headers: { 'content-type': 'application/json' } } },
    { bytes: JSON.stringify({ models }) },
  ];
  await using bench = await startTestEngine({ scripts: [list, ...byHttp] });
  const probe = await bench.client();
  await probe.call('model/list', {});
  const threadId = await probe.thread();
  const socket = await bench.upstream.sockets.connection(1);
  expect(await socket.create(1)).toMatchObject({ generate: false });
  const expectedTurnId = await probe.turn(threadId, 'Count');
  await socket.create(2);
  socket.send(...halfAnswer());
  await probe.notification('item/agentMessage/delta');
  const input = [{ type: 'text' as const, text: 'Only to three' }];
  await probe.call('turn/steer', { threadId, expectedTurnId, input });

  expect(await socket.frame(3)).toMatchObject({
    type: 'response.interrupt',
    mode: 'discard_partial_items',
  });
});

test('the connection of a thread ends with the engine', async () => {
  await using bench = await startSocketEngine();
  const probe = await bench.client();
  await probe.thread();
  const socket = await bench.upstream.sockets.connection(1);
  await bench.engine.close();

  expect(await socket.closed).toMatchObject({ code: 1006 });
});
