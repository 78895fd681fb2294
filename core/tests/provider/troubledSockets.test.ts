import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { halfAnswer, messageAnswer } from '../../model/testing/index.ts';
import {
  completedItems,
  looseItems,
  startTestEngine,
  type TestEngine,
  timedOut,
  toldToModel,
  turnEnded,
} from '../../testing/index.ts';

const byHttp = [
  [{ events: messageAnswer('by HTTP', { response: 'resp_http', item: 'msg_http' }) }],
];

const bySocket = [{ events: messageAnswer('by socket') }];

const startSockets = async (clock = new ManualClock()): Promise<TestEngine> =>
  startTestEngine({ clock, scripts: byHttp, provider: 'supports_websockets = true' });

test('pings keep a slow answer alive for as long as they come', async () => {
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

test('an error frame without a status ends the attempt at once and its words are told', async () => {
  await using bench = await startSockets();
  bench.upstream.sockets.answer([
    { events: [...halfAnswer(), { type: 'error', error: { message: 'The horse is tired.' } }] },
  ]);
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(probe.all('warning')).toEqual([
    expect.objectContaining({ message: expect.stringContaining('The horse is tired.') as unknown }),
  ]);
  expect(looseItems(probe)).toEqual([]);
});

test('a handshake that hangs costs its limit once, is told of, and the next thread is spared', async () => {
  const clock = new ManualClock();
  await using bench = await startSockets(clock);
  const { sockets } = bench.upstream;
  sockets.otherwise({ stall: true });
  const probe = await bench.client();
  const beganMs = clock.nowMs();
  await probe.turn(await probe.thread({ ephemeral: true }), 'Hi');
  await sockets.handshake(1);
  // The words of the user are there while the socket is still being waited for.
  await probe.notification('item/completed');
  expect(clock.nowMs()).toBe(beganMs);

  expect(await timedOut(clock, probe, 1, 500)).toMatchObject({ status: 'completed' });
  expect(clock.nowMs() - beganMs).toBeLessThanOrEqual(20_000);
  const handshakes = sockets.handshakes.length;
  await probe.turn(await probe.thread({ ephemeral: true }), 'And here?');
  expect(await turnEnded(probe, 2)).toMatchObject({ status: 'completed' });
  expect(sockets.handshakes).toHaveLength(handshakes);
});

test.each([400, 426, 404, 500])(
  'a handshake answered with %i leads to HTTP, without an empty error',
  async (refuse) => {
    const clock = new ManualClock();
    await using bench = await startSockets(clock);
    bench.upstream.sockets.otherwise({ refuse });
    const probe = await bench.client();
    const threadId = await probe.thread({ ephemeral: true });
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

test('an interrupt on a socket keeps what was said, here and for the model', async () => {
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

test('words said while the socket is being opened are kept when the turn is interrupted', async () => {
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

test('an answer that lost its end with its socket is shown once and asked for once', async () => {
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
