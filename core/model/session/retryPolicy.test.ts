import { describe, expect, test } from 'vitest';

import {
  callAnswer,
  greeting,
  halfAnswer,
  messageAnswer,
  modelError,
  openItems,
  secondItem,
  startBench,
  untilEnded,
  type UpstreamStep,
} from '../testing/index.ts';

const answer = messageAnswer('hello there');
const half = { events: halfAnswer() };

const noRetries = { requestMaxRetries: 0, streamMaxRetries: 0 };

describe('silence', () => {
  test('an upstream that never answers is given up at the header deadline, not before', async () => {
    await using bench = await startBench([[{ stall: true }]], noRetries);
    const sampling = bench.sample();
    await bench.upstream.request(1);
    bench.clock.advance(59_999);
    expect(bench.clock.pending).toBe(1);
    bench.clock.advance(1);

    const error = modelError(await sampling.ended);
    expect(error.message).toMatch(
      /^Test provider: 127\.0\.0\.1:\d+ did not answer within 60 s\.$/u,
    );
    expect(error.info).toEqual({ responseStreamConnectionFailed: { httpStatusCode: null } });
    expect(bench.clock.pending).toBe(0);
  });

  test('a stream that falls silent is given up at the idle deadline and its item is closed', async () => {
    await using bench = await startBench([[half, { stall: true }]], noRetries);
    const sampling = bench.sample();
    await expect.poll(() => sampling.text()).toBe('hello ');
    bench.clock.advance(299_999);
    expect(sampling.events.at(-1)?.type).toBe('textDelta');
    bench.clock.advance(1);

    const error = modelError(await sampling.ended);
    expect(error.info).toEqual({ responseStreamDisconnected: { httpStatusCode: null } });
    expect(sampling.events.at(-1)).toEqual({
      type: 'itemInterrupted',
      itemId: 'msg_1',
      item: {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'hello ' }],
      },
    });
    await (
      await bench.upstream.request(1)
    ).closed;
  });

  test('comments count as life', async () => {
    const drip: UpstreamStep[] = ['a', 'b', 'c'].flatMap((gate) => [
      { until: gate },
      { bytes: ': still thinking\n\n' },
    ]);
    await using bench = await startBench(
      [[{ bytes: ': hello\n\n' }, ...drip, { until: 'd' }, { events: answer }]],
      noRetries,
    );
    const sampling = bench.sample();
    // Connecting, the headers and the first bytes have had their deadlines by then.
    await expect.poll(() => bench.clock.armed).toBe(4);
    for (const gate of ['a', 'b', 'c', 'd']) {
      // One timer: the idle deadline, armed once the bytes before were read.
      await expect.poll(() => bench.clock.pending).toBe(1);
      const before = bench.clock.armed;
      bench.clock.advance(200_000);
      bench.upstream.open(gate);
      await expect.poll(() => bench.clock.armed).toBeGreaterThan(before);
    }

    expect(await sampling.ended).toBeUndefined();
  });
});

describe('repeats', () => {
  test.for<{ name: string; script: UpstreamStep[] }>([
    { name: 'a server error', script: [{ head: { status: 500 } }] },
    { name: 'a connection cut before the answer', script: [{ cut: true }] },
    { name: 'a connection cut in the middle', script: [half, { cut: true }] },
    { name: 'a stream that ends too early', script: [half] },
    {
      name: 'a failure of the model that may pass',
      script: [{ events: [failed('server_error')] }],
    },
    { name: 'too many requests and no word on when', script: [{ head: { status: 429 } }] },
    {
      name: 'an error event without a status',
      script: [{ events: [{ type: 'error', message: 'oops' }] }],
    },
    { name: 'a body that is no stream', script: [{ bytes: 'what?' }] },
  ])('$name costs one announced repeat', async ({ script }) => {
    await using bench = await startBench([script, [{ events: answer }]]);
    const sampling = bench.sample();

    expect(await untilEnded(bench, sampling, 50)).toBeUndefined();
    expect(sampling.notices).toMatchObject([{ attempt: 1, delayMs: 200 }]);
    expect(bench.upstream.requests).toHaveLength(2);
    expect(openItems(sampling)).toEqual([]);
  });

  test('the waits double within a round, rounds are seconds apart, and both budgets are the end of it', async () => {
    await using bench = await startBench([
      [{ head: { status: 502 } }, { bytes: '{"error":{"message":"overheated"}}' }],
    ]);
    const sampling = bench.sample();

    const error = modelError(await untilEnded(bench, sampling, 100));
    const round = [200, 400, 800, 1600];
    expect(sampling.notices.map(({ delayMs }) => delayMs)).toEqual([
      ...[3000, 3000, 3000, 3000, 3200].flatMap((pause) => round.concat(pause)),
      ...round,
    ]);
    expect(error.message).toBe(
      'Test provider answered with an error (HTTP 502): overheated. Tried 30 times.',
    );
    expect(error.info).toEqual({ httpConnectionFailed: { httpStatusCode: 502 } });
    // (1 + request_max_retries) × (1 + stream_max_retries)
    expect(bench.upstream.requests).toHaveLength(30);
    // People hear of the trouble once, and of each round.
    expect(sampling.notices.filter(({ isNews }) => isNews)).toHaveLength(6);
  });

  test.for([
    { headers: { 'retry-after': '7' }, delayMs: 7000 },
    { headers: { 'retry-after-ms': '1500', 'retry-after': '9' }, delayMs: 1500 },
    { headers: { 'retry-after': new Date(1_700_000_030_000).toUTCString() }, delayMs: 30_000 },
  ])('a wait that the provider names is kept: $headers', async ({ headers, delayMs }) => {
    await using bench = await startBench([
      [{ head: { status: 429, headers } }],
      [{ events: answer }],
    ]);
    const sampling = bench.sample();

    await expect.poll(() => sampling.notices).toMatchObject([{ delayMs }]);
    bench.clock.advance(delayMs - 1);
    expect(bench.upstream.requests).toHaveLength(1);
    bench.clock.advance(1);
    expect(await sampling.ended).toBeUndefined();
  });

  test('a wait of an hour is reported and not waited for', async () => {
    await using bench = await startBench([
      [{ head: { status: 429, headers: { 'retry-after': '3600' } } }],
    ]);
    const sampling = bench.sample();

    expect(modelError(await sampling.ended).retryAfterMs).toBe(3_600_000);
    expect(sampling.notices).toEqual([]);
  });

  test('an answer that only lost its end is not asked for twice', async () => {
    await using bench = await startBench([[{ events: answer.slice(0, -1) }, { cut: true }]]);
    const sampling = bench.sample();

    expect(await sampling.ended).toBeUndefined();
    expect(sampling.events.at(-1)).toMatchObject({ type: 'completed', usage: undefined });
    expect(bench.upstream.requests).toHaveLength(1);
  });

  test('a failure that the model names is one although a message had arrived whole', async () => {
    const script = [{ events: [...answer.slice(0, -1), failed('context_length_exceeded')] }];
    await using bench = await startBench([script]);
    const fatal = modelError(await bench.sample().ended);
    await using second = await startBench([
      [{ events: [...answer.slice(0, -1), failed('server_error')] }],
      [{ events: answer }],
    ]);
    const sampling = second.sample();
    await untilEnded(second, sampling, 50);

    expect(fatal.info).toBe('contextWindowExceeded');
    expect(sampling.notices).toHaveLength(1);
  });

  test('a call that arrived whole is not asked for twice', async () => {
    const call = callAnswer({ name: 'look', arguments: {}, callId: 'c1' }).slice(0, -1);
    await using bench = await startBench([
      [{ events: [...call, ...secondItem(half.events)] }, { cut: true }],
    ]);
    const sampling = bench.sample();

    expect(await sampling.ended).toBeUndefined();
    expect(sampling.events.slice(-2).map(({ type }) => type)).toEqual([
      'itemInterrupted',
      'completed',
    ]);
  });

  test('a repeat tells the model what it has already said', async () => {
    const first = answer.slice(0, -1);
    await using bench = await startBench([
      [{ events: [...first, ...secondItem(half.events)] }, { cut: true }],
      [{ events: answer }],
    ]);
    const sampling = bench.sample();
    await untilEnded(bench, sampling, 50);

    expect((await bench.upstream.request(2)).body).toMatchObject({
      input: [...greeting.input, { type: 'message', role: 'assistant', id: 'msg_1' }],
    });
  });
});

function failed(code: string): { type: string; response: object } {
  return { type: 'response.failed', response: { id: 'resp_1', error: { code, message: 'no' } } };
}
