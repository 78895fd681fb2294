import { expect, test } from 'vitest';

import type { Authenticated } from '../index.ts';
import {
  type Bench,
  greeting,
  messageAnswer,
  modelError,
  type Sampling,
  type SocketStep,
  startBench,
  untilEnded,
} from '../testing/index.ts';

const byHttp = [[{ events: messageAnswer('by HTTP') }]];
const bySocket = [{ events: messageAnswer('by socket') }];
const MINUTE = 60_000;

const errorFrame = (fields: object): SocketStep => ({ events: [{ type: 'error', ...fields }] });
const failedWith = (error: object): SocketStep => ({
  events: [{ type: 'response.failed', response: { id: 'resp_1', status: 'failed', error } }],
});
const unauthorized = errorFrame({
  status: 401,
  error: { type: 'invalid_request_error', code: 'token_expired', message: 'Expired.' },
});

async function startSockets(
  answers: readonly (readonly SocketStep[])[],
  changes = {},
  scripts: Parameters<typeof startBench>[0] = byHttp,
): Promise<Bench> {
  const bench = await startBench(scripts, {
    supportsWebsockets: true,
    streamMaxRetries: 2,
    ...changes,
  });
  bench.upstream.sockets.answer(...answers);
  return bench;
}

/** The next turn of the same client, or the first of another, and what it took. */
async function turn(bench: Bench, thread?: string): Promise<Sampling> {
  const by = thread === undefined ? bench.client : bench.anotherClient(thread);
  const sampling = bench.sample(greeting, { turnId: 'next' }, by);
  await untilEnded(bench, sampling, 20);
  return sampling;
}

test.for<[reached: string | undefined, code: string, words: string]>([
  [
    'workspace_owner_credits_depleted',
    'usage_limit_reached',
    'The credits of your workspace are used up; you can add some.',
  ],
  [
    'workspace_member_usage_limit_reached',
    'usage_limit_reached',
    'The spend cap of your workspace is reached; its owner can raise it.',
  ],
  [
    undefined,
    'organization_spend_limit_exceeded',
    'The spend cap of the organization is reached; whoever manages it can raise it.',
  ],
])(
  '%s, %s: what is used up, until when, and who can do something is told as over HTTP',
  async ([reached, code, words]) => {
    const headers = reached === undefined ? {} : { 'x-codex-rate-limit-reached-type': reached };
    const error = { type: code, message: 'enough', resets_at: 1_780_000_000 };
    const bench = await startSockets([[errorFrame({ status: 429, headers, error })]]);
    await using _ = bench;

    expect(modelError(await (await turn(bench)).ended).message).toBe(
      `The model failed: enough. ${words} It ends at 2026-05-28 20:26 UTC.`,
    );
  },
);

test.for<[name: string, step: SocketStep, creates: number]>([
  ['500', errorFrame({ status: 500, error: { message: 'Broken.' } }), 3],
  ['503', errorFrame({ status: 503, error: { message: 'Broken.' } }), 3],
  ['no status', errorFrame({ error: { type: 'server_error', message: 'Broken.' } }), 3],
  ['a failed response', failedWith({ code: 'server_error', message: 'Broken.' }), 3],
  [
    'a failed response without a reason',
    { events: [{ type: 'response.failed', response: { id: 'r', error: null } }] },
    3,
  ],
  [
    'its limit of connections',
    errorFrame({ error: { code: 'websocket_connection_limit_reached', message: 'No.' } }),
    // Twice at once and unnoticed, over new connections; then within the budget.
    5,
  ],
  [
    'no memory of what it said',
    errorFrame({ status: 400, error: { code: 'previous_response_not_found', message: 'No.' } }),
    5,
  ],
])(
  'a socket that opens and answers with %s gives way to HTTP, for all threads, told once',
  async ([, step, creates]) => {
    await using bench = await startSockets([[step]]);
    const { sockets } = bench.upstream;
    const first = await turn(bench);

    expect(await first.ended).toBeUndefined();
    expect(first.text()).toBe('by HTTP');
    expect(first.remarks).toEqual([
      expect.stringMatching(/^No WebSocket, so HTTP is used instead/u),
    ]);
    expect(sockets.creates).toHaveLength(creates);

    const later = [await turn(bench), await turn(bench, 'thread-2')];
    expect(later.map((sampling) => sampling.text())).toEqual(['by HTTP', 'by HTTP']);
    expect(later.map(({ remarks, notices }) => ({ remarks, notices }))).toEqual([
      { remarks: [], notices: [] },
      { remarks: [], notices: [] },
    ]);
    expect(sockets.creates).toHaveLength(creates);
  },
);

test('a connection opened ahead before the verdict is not used after it', async () => {
  await using bench = await startSockets([[errorFrame({ status: 500, error: {} })]]);
  const { sockets } = bench.upstream;
  const other = bench.anotherClient('thread-2');
  other.connectAhead(greeting);
  await sockets.connection(1);
  await turn(bench);
  const creates = sockets.creates.length;
  const sampling = bench.sample(greeting, {}, other);
  await untilEnded(bench, sampling, 20);

  expect(sampling.text()).toBe('by HTTP');
  expect(sockets.creates).toHaveLength(creates);
});

test('after ten minutes one answer is enough to find out that nothing has changed', async () => {
  await using bench = await startSockets([[errorFrame({ status: 500, error: {} })]]);
  const { sockets } = bench.upstream;
  await turn(bench);
  const creates = sockets.creates.length;
  bench.clock.advance(10 * MINUTE);
  const probing = await turn(bench);

  expect(probing.text()).toBe('by HTTP');
  expect(probing.notices).toEqual([]);
  expect(sockets.creates).toHaveLength(creates + 1);
  expect((await turn(bench, 'thread-2')).text()).toBe('by HTTP');
  expect(sockets.creates).toHaveLength(creates + 1);
});

test('a limit of the account is no fault of the socket', async () => {
  const step = errorFrame({ status: 429, error: { message: 'Too many.' } });
  await using bench = await startSockets([[step]]);
  const sampling = await turn(bench);

  expect(modelError(await sampling.ended).httpStatus).toBe(429);
  expect(bench.upstream.requests).toEqual([]);
  bench.upstream.sockets.answer(bySocket);
  expect((await turn(bench)).text()).toBe('by socket');
});

/** Gives the keys one after the other; the last one stays. */
function keys(...all: readonly string[]): { authenticated: Authenticated; renewals: () => number } {
  let at = 0;
  const authenticated: Authenticated = async ({ send, isRefusal }) => {
    const key = { authorization: `Bearer ${all[at] ?? ''}` };
    try {
      return await send(key);
    } catch (error) {
      if (!isRefusal(error) || at + 1 >= all.length) throw error;
      at += 1;
      return send({ authorization: `Bearer ${all[at] ?? ''}` });
    }
  };
  return { authenticated, renewals: () => at };
}

test('a token that expires on an open socket is renewed and the request repeated, and nobody notices', async () => {
  const { authenticated, renewals } = keys('old', 'new');
  await using bench = await startSockets([bySocket, [unauthorized], bySocket], { authenticated });
  const { sockets } = bench.upstream;
  await turn(bench);
  const sampling = await turn(bench);

  expect(await sampling.ended).toBeUndefined();
  expect(sampling.text()).toBe('by socket');
  expect([sampling.notices, sampling.remarks, renewals()]).toEqual([[], [], 1]);
  expect(sockets.handshakes.map(({ authorization }) => authorization)).toEqual([
    'Bearer old',
    'Bearer new',
  ]);
  expect(bench.upstream.requests).toEqual([]);
});

test('threads whose tokens expire together renew them once', async () => {
  const { authenticated, renewals } = keys('old', 'new', 'never');
  await using bench = await startSockets(
    [bySocket, bySocket, [unauthorized], [unauthorized], bySocket],
    { authenticated },
  );
  const other = bench.anotherClient('thread-2');
  await turn(bench);
  await bench.sample(greeting, {}, other).ended;
  const both = [bench.sample(), bench.sample(greeting, {}, other)];

  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([undefined, undefined]);
  expect(renewals()).toBe(1);
});

test('a key that sockets alone refuse leads to HTTP for good, told once it has worked', async () => {
  await using bench = await startSockets([[unauthorized]]);
  const { sockets } = bench.upstream;
  const first = await turn(bench);

  expect(first.text()).toBe('by HTTP');
  expect(first.remarks).toEqual([expect.stringMatching(/^No WebSocket.*Expired\./u)]);
  expect((await turn(bench, 'thread-2')).text()).toBe('by HTTP');
  expect(sockets.creates).toHaveLength(1);
});

test('a key that is refused either way is told as that, and says nothing about sockets', async () => {
  await using bench = await startSockets([[unauthorized], bySocket], {}, [
    [{ head: { status: 401 } }],
    ...byHttp,
  ]);
  const first = await turn(bench);

  expect(modelError(await first.ended).info).toBe('unauthorized');
  expect(first.remarks).toEqual([]);
  expect((await turn(bench)).text()).toBe('by socket');
});
