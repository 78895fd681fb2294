import { setImmediate } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { ModelAbortedError, textMessage } from '../index.ts';
import {
  type Bench,
  greeting,
  halfAnswer,
  messageAnswer,
  modelError,
  openItems,
  startBench,
  untilEnded,
} from '../testing/index.ts';

const byWebSocket = { supportsWebsockets: true };
const MINUTE = 60_000;
const fine = [{ events: messageAnswer('fine') }];
const more = {
  ...greeting,
  input: [
    ...greeting.input,
    ...[messageAnswer('fine')].map(() => ({
      type: 'message' as const,
      id: 'msg_1',
      role: 'assistant' as const,
      content: [{ type: 'output_text' as const, text: 'fine' }],
    })),
    textMessage('user', 'and you?'),
  ],
};
const error = (fields: Record<string, unknown>) => ({ type: 'error', ...fields });

async function startAnswering(changes = {}): Promise<Bench> {
  const bench = await startBench([[{ events: messageAnswer('by HTTP') }]], {
    ...byWebSocket,
    ...changes,
  });
  bench.upstream.sockets.answer(fine);
  return bench;
}

test('an error frame without a status ends the attempt at once with its text', async () => {
  await using bench = await startAnswering({ streamMaxRetries: 0 });
  const { sockets } = bench.upstream;
  sockets.answer([{ events: [error({ error: { type: 'server_error', message: 'It broke.' } })] }]);
  const sampling = bench.sample();
  await sampling.ended;

  expect(sampling.remarks).toEqual([expect.stringContaining('It broke.')]);
});

test('responses_websocket_invalid_request_error_with_status_is_forwarded', async () => {
  await using bench = await startAnswering();
  const { sockets } = bench.upstream;
  const body = { type: 'invalid_request_error', message: 'Model does not take pictures.' };
  sockets.answer([{ events: [error({ status: 400, error: body })] }]);
  const sampling = bench.sample();

  expect(modelError(await sampling.ended).message).toContain('Model does not take pictures.');
  expect(sockets.creates).toHaveLength(1);
  expect(bench.upstream.requests).toEqual([]);
});

test('responses_websocket_usage_limit_error_emits_rate_limit_event', async () => {
  await using bench = await startAnswering();
  const { sockets } = bench.upstream;
  const headers = { 'x-codex-primary-used-percent': '100', 'x-codex-primary-window-minutes': 15 };
  const body = { type: 'usage_limit_reached', code: 'usage_limit_reached', message: 'Used up.' };
  sockets.answer([{ events: [error({ status: 429, error: body, headers })] }]);
  const sampling = bench.sample();

  expect(modelError(await sampling.ended).info).toBe('usageLimitExceeded');
  expect(sampling.events).toMatchObject([
    { type: 'rateLimits', snapshot: { primary: { usedPercent: 100, windowDurationMins: 15 } } },
  ]);
});

test.for([
  ['websocket_connection_limit_reached', { status: 400 }],
  ['websocket_connection_limit_reached', {}],
  ['previous_response_not_found', { status: 400 }],
  ['previous_response_not_found', {}],
] as const)(
  '%s %j goes on with a full request over a new connection, and nobody notices',
  async ([code, status]) => {
    await using bench = await startAnswering({ streamMaxRetries: 0 });
    const { sockets } = bench.upstream;
    sockets.answer(
      fine,
      [{ events: [error({ ...status, error: { code, message: 'no' } })] }],
      fine,
    );
    await bench.sample().ended;
    const sampling = bench.sample(more);

    expect(await sampling.ended).toBeUndefined();
    expect([sampling.notices, sampling.remarks]).toEqual([[], []]);
    expect(sockets.creates.map((create) => create['previous_response_id'])).toEqual([
      undefined,
      'resp_1',
      undefined,
    ]);
    expect(sockets.creates[2]?.input).toHaveLength(3);
    expect(sockets.handshakes).toHaveLength(2);
  },
);

test('a server that never finds the previous response is asked by HTTP in the end', async () => {
  await using bench = await startAnswering({ streamMaxRetries: 0 });
  const { sockets } = bench.upstream;
  const body = { code: 'previous_response_not_found', message: 'Never heard of it.' };
  sockets.answer([{ events: [error({ status: 400, error: body })] }]);

  const sampling = bench.sample();
  expect(await sampling.ended).toBeUndefined();
  expect(sampling.text()).toBe('by HTTP');
  expect(sampling.remarks).toEqual([expect.stringContaining('Never heard of it.')]);
  expect(sockets.creates).toHaveLength(3);
});

test('responses_websocket_v2_after_error_uses_full_create_without_previous_response_id', async () => {
  await using bench = await startAnswering();
  const { sockets } = bench.upstream;
  sockets.answer(fine, [{ events: [error({ status: 400, error: { message: 'bad' } })] }], fine);
  await bench.sample().ended;
  modelError(await bench.sample(more).ended);
  await bench.sample(more).ended;

  expect(sockets.creates[2]).not.toHaveProperty('previous_response_id');
  expect(sockets.handshakes).toHaveLength(2);
});

test('responses_websocket_v2_surfaces_terminal_error_without_close_handshake', async () => {
  await using bench = await startAnswering();
  const { sockets } = bench.upstream;
  sockets.answer([{ stall: true }], fine);
  const sampling = bench.sample();
  const socket = await sockets.connection(1);
  await socket.create(1);
  // Whoever reads nothing says no goodbye either.
  socket.stall();
  socket.send(error({ status: 400, error: { message: 'bad' } }));
  modelError(await sampling.ended);

  const next = bench.sample();
  expect(await next.ended).toBeUndefined();
  expect(sockets.handshakes).toHaveLength(2);
});

test('an answer that breaks in the middle closes what it opened and is asked for again', async () => {
  await using bench = await startAnswering();
  const { sockets } = bench.upstream;
  sockets.answer([{ events: halfAnswer() }, { cut: true }], fine);
  const sampling = bench.sample();

  expect(await untilEnded(bench, sampling, 2)).toBeUndefined();
  expect(openItems(sampling)).toEqual([]);
  // Something was to be seen, so this is told at once.
  expect(sampling.notices).toHaveLength(1);
  expect(sockets.handshakes).toHaveLength(2);
});

test('an interrupt in the middle drops the socket at once, and the next turn says everything', async () => {
  await using bench = await startAnswering();
  const { sockets } = bench.upstream;
  sockets.answer(fine, [{ events: halfAnswer() }, { stall: true }], fine);
  await bench.sample().ended;
  const sampling = bench.sample(more);
  while (sampling.text() === '') await setImmediate();
  sampling.abort.abort();

  expect(await sampling.ended).toBeInstanceOf(ModelAbortedError);
  expect(openItems(sampling)).toEqual([]);
  expect(await sockets.connections[0]?.closed).toMatchObject({ code: 1006 });
  expect(await bench.sample(more).ended).toBeUndefined();
  expect(sockets.creates[2]).not.toHaveProperty('previous_response_id');
  expect(sockets.handshakes).toHaveLength(2);
});

test.for<[string, (bench: Bench) => Promise<void>]>([
  [
    'closed by the server',
    async ({ upstream: { sockets } }) => {
      const socket = await sockets.connection(1);
      socket.close(1001, 'going away');
      await socket.closed;
    },
  ],
  [
    'cut',
    async ({ upstream: { sockets } }) => {
      const socket = await sockets.connection(1);
      socket.cut();
      await socket.closed;
    },
  ],
  [
    'almost an hour old',
    async ({ clock, upstream: { sockets } }) => {
      const socket = await sockets.connection(1);
      for (let minute = 0; minute < 55; minute += 1) {
        for (let third = 0; third < 3; third += 1) {
          clock.advance(MINUTE / 3);
          await socket.ping(minute * 3 + third + 1);
          await socket.roundTrip();
        }
      }
    },
  ],
])('a connection %s between turns is replaced, and nobody notices', async ([, happen]) => {
  await using bench = await startAnswering({ streamMaxRetries: 0 });
  const { sockets } = bench.upstream;
  await bench.sample().ended;
  await happen(bench);
  const sampling = bench.sample(more);

  expect(await sampling.ended).toBeUndefined();
  expect([sampling.notices, sampling.remarks]).toEqual([[], []]);
  expect(sampling.text()).toBe('fine');
  expect(sockets.creates[1]).not.toHaveProperty('previous_response_id');
  expect(sockets.creates[1]?.input).toHaveLength(3);
  expect(sockets.handshakes).toHaveLength(2);
});

test('a connection that is closed under the very next request costs nothing either', async () => {
  await using bench = await startAnswering({ streamMaxRetries: 0 });
  const { sockets } = bench.upstream;
  sockets.answer(fine, [{ cut: true }], fine);
  await bench.sample().ended;
  const sampling = bench.sample(more);

  expect(await sampling.ended).toBeUndefined();
  expect([sampling.notices, sampling.remarks]).toEqual([[], []]);
  expect(sockets.handshakes).toHaveLength(2);
});

test('a connection on which nothing answers pings any more is given up before the next turn', async () => {
  await using bench = await startAnswering();
  const { sockets } = bench.upstream;
  await bench.sample().ended;
  const socket = await sockets.connection(1);
  socket.stall();
  bench.clock.advance(2 * MINUTE);

  expect(await bench.sample(more).ended).toBeUndefined();
  expect(sockets.handshakes).toHaveLength(2);
});

test('silence is waited for as long as the provider says, and pings of the server break it', async () => {
  const limits = { streamIdleTimeoutMs: 15_000, streamMaxRetries: 0 };
  await using bench = await startAnswering(limits);
  const { sockets } = bench.upstream;
  sockets.answer([{ stall: true }]);
  const sampling = bench.sample();
  const socket = await sockets.connection(1);
  await socket.create(1);
  bench.clock.advance(10_000);
  await socket.roundTrip();
  bench.clock.advance(10_000);
  await socket.roundTrip();
  expect(sampling.remarks).toEqual([]);
  bench.clock.advance(15_000);

  expect(await sampling.ended).toBeUndefined();
  // Nothing more came, so the socket was given up for HTTP.
  expect(sampling.text()).toBe('by HTTP');
  expect(sampling.remarks).toEqual([expect.stringContaining('sent nothing more within 15 s')]);
});

test('the answers to our own pings do not keep a request alive that nobody works on', async () => {
  await using bench = await startAnswering({ streamIdleTimeoutMs: 30_000, streamMaxRetries: 0 });
  const { sockets } = bench.upstream;
  sockets.answer([{ stall: true }]);
  const sampling = bench.sample();
  const socket = await sockets.connection(1);
  await socket.create(1);
  bench.clock.advance(20_000);
  await socket.ping(1);
  bench.clock.advance(10_000);

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.text()).toBe('by HTTP');
});

test('leaving the loop early ends the connection', async () => {
  await using bench = await startAnswering();
  const { sockets } = bench.upstream;
  sockets.answer([{ events: halfAnswer() }, { stall: true }]);
  const session = bench.client.startTurn({ turnId: 'turn-1', startedAtMs: 0 });
  const { signal } = new AbortController();
  for await (const event of session.stream(greeting, { signal })) {
    if (event.type === 'textDelta') break;
  }

  expect(await sockets.connections[0]?.closed).toMatchObject({ code: 1006 });
});
