import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  callAnswer,
  halfAnswer,
  messageAnswer,
  startScriptedUpstream,
} from '../../model/testing/index.ts';
import {
  completedItems,
  looseItems,
  startTestEngine,
  type TestEngine,
  timedOut,
  toldToModel,
  turnEnded,
} from '../../testing/index.ts';

// The halves of the rows of responses §19 that need a socket, and those about lists and unknown tools.

const byHttp = [[{ events: messageAnswer('by HTTP') }]];
const bySocket = [{ events: messageAnswer('by socket') }];

const startSockets = async (clock = new ManualClock()): Promise<TestEngine> =>
  startTestEngine({ clock, scripts: byHttp, provider: 'supports_websockets = true' });

test('row 2: pings keep a slow answer alive for as long as they come', async () => {
  const clock = new ManualClock();
  await using bench = await startSockets(clock);
  const { sockets } = bench.upstream;
  sockets.answer([{ until: 'go' }, { events: messageAnswer('At last') }]);
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');
  const socket = await sockets.connection(1);
  await sockets.create(1);
  // Twice as long as silence may last; every round trip is a ping and its answer.
  for (let step = 0; step < 40; step += 1) {
    await socket.roundTrip();
    clock.advance(15_000);
  }
  await socket.roundTrip();
  bench.upstream.open('go');

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(completedItems(probe, 'agentMessage')).toMatchObject([{ text: 'At last' }]);
  expect(sockets.handshakes).toHaveLength(1);
});

test('row 3: an error frame without a status ends the attempt at once and its words are told', async () => {
  await using bench = await startSockets();
  bench.upstream.sockets.answer([
    { events: [...halfAnswer(), { type: 'error', error: { message: 'The horse is tired.' } }] },
  ]);
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  const { error } = await turnEnded(probe);
  expect(error).toMatchObject({ message: 'The model failed: The horse is tired.' });
  expect(looseItems(probe)).toEqual([]);
});

test('row 4: a handshake that hangs costs its limit once, is told of, and the next thread is spared', async () => {
  const clock = new ManualClock();
  await using bench = await startSockets(clock);
  const { sockets } = bench.upstream;
  sockets.otherwise({ stall: true });
  const probe = await bench.client();
  const beganMs = clock.nowMs();
  await probe.turn(await probe.thread(), 'Hi');
  await sockets.handshake(1);
  // The words of the user are there while the socket is still being waited for.
  await probe.notification('item/completed');
  expect(clock.nowMs()).toBe(beganMs);

  expect(await timedOut(clock, probe, 1, 500)).toMatchObject({ status: 'completed' });
  expect(clock.nowMs() - beganMs).toBeLessThanOrEqual(20_000);
  const handshakes = sockets.handshakes.length;
  await probe.turn(await probe.thread(), 'And here?');
  expect(await turnEnded(probe, 2)).toMatchObject({ status: 'completed' });
  expect(sockets.handshakes).toHaveLength(handshakes);
});

test.each([400, 426, 404, 500])(
  'row 5: a handshake answered with %i leads to HTTP, without an empty error',
  async (refuse) => {
    const clock = new ManualClock();
    await using bench = await startSockets(clock);
    bench.upstream.sockets.otherwise({ refuse });
    const probe = await bench.client();
    const threadId = await probe.thread();
    await probe.turn(threadId, 'Hi');

    expect(await timedOut(clock, probe, 1, 100)).toMatchObject({ status: 'completed' });
    await probe.turn(threadId, 'Again');
    expect(await turnEnded(probe, 2)).toMatchObject({ status: 'completed' });
    expect(completedItems(probe, 'agentMessage')).toMatchObject([
      { text: 'by HTTP' },
      { text: 'by HTTP' },
    ]);
    expect(probe.all('error').filter(({ willRetry }) => willRetry === false)).toEqual([]);
  },
);

test('row 6: an interrupt on a socket keeps what was said, here and for the model', async () => {
  await using bench = await startSockets();
  const { sockets } = bench.upstream;
  sockets.answer([{ events: halfAnswer() }, { stall: true }], bySocket);
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Tell me');
  await probe.notification('item/agentMessage/delta');
  await probe.call('turn/interrupt', { threadId, turnId: '' });
  await turnEnded(probe);
  expect(completedItems(probe, 'agentMessage')).toMatchObject([
    { text: 'hello ', interrupted: true },
  ]);

  await probe.turn(threadId, 'And?');
  await turnEnded(probe, 2);
  expect(toldToModel(await sockets.create(2))).toContain('assistant: hello ');
});

test('row 8: words said while the socket is being opened are kept when the turn is interrupted', async () => {
  await using bench = await startSockets();
  bench.upstream.sockets.otherwise({ stall: true });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Remember me');
  await bench.upstream.sockets.handshake(1);
  await probe.call('turn/interrupt', { threadId, turnId: '' });

  expect(await turnEnded(probe)).toMatchObject({ status: 'interrupted' });
  expect(completedItems(probe, 'userMessage')).toHaveLength(1);
  bench.upstream.sockets.otherwise({ refuse: 426 });
  await probe.turn(threadId, 'And?');
  const { body } = await bench.upstream.request(1);
  expect(toldToModel(body)).toContain('user: Remember me');
});

test('row 18: an answer that lost its end with its socket is shown once and asked for once', async () => {
  await using bench = await startSockets();
  const { sockets } = bench.upstream;
  sockets.answer([{ events: messageAnswer('Hello there').slice(0, -1) }, { end: true }], bySocket);
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(completedItems(probe, 'agentMessage')).toMatchObject([{ text: 'Hello there' }]);
  expect(sockets.creates).toHaveLength(1);
  expect(bench.upstream.requests).toEqual([]);
});

test('row 19: a list of models that never comes holds up neither the thread nor its turns', async () => {
  const clock = new ManualClock();
  // The first request of the thread may be for the list; it is the turn's that is answered.
  await using upstream = await startScriptedUpstream([[{ stall: true }], ...byHttp]);
  await using bench = await startTestEngine({
    clock,
    provider: `[model_providers.listed]
name = "Listed"
base_url = "${upstream.url.href}"
auth = { command = "echo", args = ["token"] }`,
  });
  const probe = await bench.client();
  const threadId = await probe.thread({ modelProvider: 'listed' });
  const first = await upstream.request(1);
  expect([first.method, first.path.split('?')[0]]).toEqual(['GET', '/v1/models']);
  await probe.turn(threadId, 'Hi');

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(clock.nowMs()).toBe(new ManualClock().nowMs());
});

test('row 21: a tool that does not exist is answered to the model, and people are told', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [{ events: callAnswer({ name: 'teleport', arguments: {}, callId: 'c1' }) }],
      ...byHttp,
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Go');
  await turnEnded(probe);

  expect(JSON.stringify(probe.all('warning'))).toContain('teleport');
  const { body } = await bench.upstream.request(2);
  expect(toldToModel(body).at(-1)).toContain('teleport');
});
