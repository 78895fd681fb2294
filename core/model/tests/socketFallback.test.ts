import { setImmediate } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { ModelAbortedError } from '../index.ts';
import {
  type Bench,
  greeting,
  type Handshake,
  messageAnswer,
  type Sampling,
  startBench,
  untilEnded,
} from '../testing/index.ts';

const byWebSocket = { supportsWebsockets: true };
const byHttp = [[{ events: messageAnswer('by HTTP') }]];
const bySocket = [{ events: messageAnswer('by socket') }];
const MINUTE = 60_000;

async function startFallingBack(plan: Handshake, changes = {}): Promise<Bench> {
  const bench = await startBench(byHttp, { ...byWebSocket, ...changes });
  bench.upstream.sockets.otherwise(plan);
  bench.upstream.sockets.answer(bySocket);
  return bench;
}

/** The next turn of the same client, or the first of another, and what it took. */
async function turn(bench: Bench, thread?: string): Promise<Sampling> {
  const by = thread === undefined ? bench.client : bench.anotherClient(thread);
  const sampling = bench.sample(greeting, { turnId: 'next' }, by);
  await untilEnded(bench, sampling, 2);
  return sampling;
}

test('websocket_fallback_switches_to_http_on_upgrade_required_connect: one try, one request, no word', async () => {
  await using bench = await startFallingBack({ refuse: 426 });
  const sampling = bench.sample();

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.text()).toBe('by HTTP');
  expect([sampling.notices, sampling.remarks]).toEqual([[], []]);
  expect(bench.upstream.sockets.handshakes).toHaveLength(1);
  expect(bench.upstream.requests).toHaveLength(1);
});

test('websocket_fallback_is_sticky_across_turns, and other threads know of it, too', async () => {
  await using bench = await startFallingBack({ refuse: 426 });
  await bench.sample().ended;

  expect((await turn(bench)).text()).toBe('by HTTP');
  expect((await turn(bench, 'thread-2')).text()).toBe('by HTTP');
  const third = bench.anotherClient('thread-3');
  third.connectAhead(greeting);
  expect(await bench.sample(greeting, {}, third).ended).toBeUndefined();
  expect(bench.upstream.sockets.handshakes).toHaveLength(1);
  expect(bench.upstream.requests).toHaveLength(4);
});

test('a refused handshake is tried exactly twice, then HTTP is used and people are told why', async () => {
  await using bench = await startFallingBack({
    refuse: 503,
    body: '{"error":{"message":"no room"}}',
  });
  const sampling = bench.sample();

  expect(await untilEnded(bench, sampling, 2)).toBeUndefined();
  expect(sampling.text()).toBe('by HTTP');
  expect(sampling.notices).toEqual([]);
  expect(sampling.remarks).toEqual([
    expect.stringMatching(/^No WebSocket, so HTTP .*HTTP 503.*no room/u),
  ]);
  expect(bench.upstream.sockets.handshakes).toHaveLength(2);
});

test('a connection that was opened ahead and refused counts as the first of the two', async () => {
  await using bench = await startFallingBack({ refuse: 503 });
  const { sockets } = bench.upstream;
  bench.client.connectAhead(greeting);
  await sockets.handshake(1);
  const sampling = bench.sample();

  expect(await untilEnded(bench, sampling, 2)).toBeUndefined();
  expect(sampling.text()).toBe('by HTTP');
  expect(sockets.handshakes).toHaveLength(2);
});

test('400 on the handshake goes on by HTTP with the words of the server', async () => {
  await using bench = await startFallingBack({
    refuse: 400,
    body: '{"error":{"message":"bad beta"}}',
  });
  const sampling = bench.sample();

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.text()).toBe('by HTTP');
  expect(sampling.remarks).toEqual([expect.stringContaining('bad beta')]);
  expect(bench.upstream.sockets.handshakes).toHaveLength(1);
});

test.for<[string, boolean]>([
  ['begun ahead', true],
  ['begun by the turn', false],
])('a hanging handshake %s costs its limit once in all threads', async ([, isAhead]) => {
  await using bench = await startFallingBack({ stall: true }, { websocketConnectTimeoutMs: 5000 });
  const startedMs = bench.clock.nowMs();
  if (isAhead) {
    bench.client.connectAhead(greeting);
    await bench.upstream.sockets.handshake(1);
    bench.clock.advance(2000);
  }
  const sampling = bench.sample();
  await bench.upstream.sockets.handshake(1);

  expect(await untilEnded(bench, sampling, 2)).toBeUndefined();
  expect(sampling.text()).toBe('by HTTP');
  expect(sampling.remarks).toEqual([
    expect.stringMatching(/^Waiting for Test provider/u),
    expect.stringMatching(/^No WebSocket, so HTTP is used instead: .* within 5 s/u),
  ]);
  expect(bench.clock.nowMs() - startedMs).toBeGreaterThanOrEqual(5000);
  const next = bench.sample(greeting, {}, bench.anotherClient('thread-2'));
  expect(await next.ended).toBeUndefined();
  expect(next.remarks).toEqual([]);
  expect(bench.upstream.sockets.handshakes).toHaveLength(1);
});

test('ten minutes later one request finds out whether sockets work again, and then all use them', async () => {
  await using bench = await startFallingBack({ refuse: 426 });
  const { sockets } = bench.upstream;
  await bench.sample().ended;
  sockets.otherwise({ accept: true });
  bench.clock.advance(9 * MINUTE);
  expect((await turn(bench)).text()).toBe('by HTTP');
  bench.clock.advance(MINUTE);

  expect((await turn(bench)).text()).toBe('by socket');
  expect((await turn(bench, 'thread-2')).text()).toBe('by socket');
  expect(sockets.handshakes).toHaveLength(3);
});

test('finding out costs two seconds at most, and the next ten minutes nobody tries again', async () => {
  await using bench = await startFallingBack({ stall: true });
  const { sockets } = bench.upstream;
  await untilEnded(bench, bench.sample(), 500);
  bench.clock.advance(10 * MINUTE);
  const sampling = bench.sample();
  await sockets.handshake(2);
  bench.clock.advance(2000);

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.text()).toBe('by HTTP');
  expect((await turn(bench, 'thread-2')).text()).toBe('by HTTP');
  expect(sockets.handshakes).toHaveLength(2);
});

test('a probe that is interrupted leaves finding out to the next', async () => {
  await using bench = await startFallingBack({ refuse: 426 });
  const { sockets } = bench.upstream;
  await bench.sample().ended;
  bench.clock.advance(10 * MINUTE);
  sockets.otherwise({ stall: true });
  const stopped = bench.sample();
  await sockets.handshake(2);
  stopped.abort.abort();
  expect(await stopped.ended).toBeInstanceOf(ModelAbortedError);
  sockets.otherwise({ accept: true });

  expect((await turn(bench)).text()).toBe('by socket');
});

test('a key that stays refused is reported as by HTTP, and says nothing about sockets', async () => {
  await using bench = await startBench([[{ head: { status: 401 } }], ...byHttp], byWebSocket);
  const { sockets } = bench.upstream;
  sockets.next({ refuse: 401 });
  sockets.answer(bySocket);
  const refused = bench.sample();

  expect(await refused.ended).toMatchObject({ code: 'model', httpStatus: 401 });
  expect(refused.remarks).toEqual([]);
  expect((await turn(bench)).text()).toBe('by socket');
});

test('a connection that is cut unanswered is tried twice', async () => {
  await using bench = await startFallingBack({ cut: true });

  expect((await turn(bench)).text()).toBe('by HTTP');
  expect(bench.upstream.sockets.handshakes).toHaveLength(2);
});

test('after a network that was away sockets are tried again with the next turn', async () => {
  const nobody = new URL('http://127.0.0.1:9/v1');
  await using bench = await startBench([], {
    ...byWebSocket,
    baseUrl: nobody,
    requestMaxRetries: 0,
  });
  const first = bench.sample();
  expect(await untilEnded(bench, first, 2)).toMatchObject({ code: 'model' });
  const second = bench.sample();
  await untilEnded(bench, second, 2);

  // The word about HTTP shows that a socket was tried.
  expect(second.remarks).toEqual([expect.stringMatching(/^No WebSocket/u)]);
});

test('websocket_fallback_after_retries_exhausted: a socket that always breaks gives way to HTTP', async () => {
  await using bench = await startFallingBack({ accept: true }, { streamMaxRetries: 2 });
  const { sockets } = bench.upstream;
  sockets.answer([{ cut: true }]);
  const sampling = bench.sample();

  expect(await untilEnded(bench, sampling, 2)).toBeUndefined();
  expect(sampling.text()).toBe('by HTTP');
  // websocket_fallback_hides_first_websocket_retry_stream_error
  expect(sampling.notices.map(({ attempt }) => attempt)).toEqual([2]);
  expect(sockets.creates).toHaveLength(3);
  await setImmediate();
  expect((await turn(bench, 'thread-2')).text()).toBe('by HTTP');
  expect(sockets.creates).toHaveLength(3);
});
