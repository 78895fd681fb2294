import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { describe, expect, test } from 'vitest';

import { ProductError } from '../base/index.ts';
import type { CodexErrorInfo } from '../protocol/index.ts';
import { ModelAbortedError, ModelError, type ModelProvider } from './index.ts';
import {
  type Bench,
  callAnswer,
  greeting,
  messageAnswer,
  type Sampling,
  startBench,
  type UpstreamStep,
} from './testing/index.ts';

const answer = messageAnswer('hello there');
const [created, added, firstWord] = answer;
const half = { events: [created, added, firstWord].filter((event) => event !== undefined) };
const noRepeats = { requestMaxRetries: 0, streamMaxRetries: 0 };

/** Turns the hands of the clock until the sampling has ended, however many waits it takes. */
async function untilEnded(bench: Bench, sampling: Sampling, stepMs = 1000): Promise<unknown> {
  let ended = false;
  const outcome = sampling.ended.finally(() => {
    ended = true;
  });
  await expect
    .poll(
      () => {
        if (!ended) bench.clock.advance(stepMs);
        return ended;
      },
      { interval: 1, timeout: 4000 },
    )
    .toBe(true);
  return outcome;
}

function modelError(outcome: unknown): ModelError {
  if (!(outcome instanceof ModelError))
    throw new Error('expected a ModelError', { cause: outcome });
  return outcome;
}

describe('silence', () => {
  test('an upstream that never answers is given up at the header deadline, not before', async () => {
    await using bench = await startBench([[{ stall: true }]], noRepeats);
    const sampling = bench.sample();
    await bench.upstream.request(1);
    bench.clock.advance(59_999);
    bench.clock.advance(1);

    const error = modelError(await sampling.ended);
    expect(error.message).toMatch(
      /^Test provider: 127\.0\.0\.1:\d+ did not answer within 60 s\.$/u,
    );
    expect(error.info).toEqual({ responseStreamConnectionFailed: { httpStatusCode: null } });
    expect(bench.clock.pending).toBe(0);
  });

  test('a stream that falls silent is given up at the idle deadline and its item is closed', async () => {
    await using bench = await startBench([[half, { stall: true }]], noRepeats);
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
      noRepeats,
    );
    const sampling = bench.sample();
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

  test('the waits double and the budget is the end of it', async () => {
    await using bench = await startBench([
      [{ head: { status: 502 } }, { bytes: '{"error":{"message":"overheated"}}' }],
    ]);
    const sampling = bench.sample();

    const error = modelError(await untilEnded(bench, sampling, 100));
    expect(sampling.notices.map(({ delayMs }) => delayMs)).toEqual([200, 400, 800, 1600]);
    expect(error.message).toBe(
      'Test provider answered with an error (HTTP 502): overheated. Tried 5 times.',
    );
    expect(error.info).toEqual({ httpConnectionFailed: { httpStatusCode: 502 } });
    expect(bench.upstream.requests).toHaveLength(5);
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

  test('a call that arrived whole is not asked for twice', async () => {
    const call = callAnswer({ name: 'look', arguments: {}, callId: 'c1' }).slice(0, -1);
    await using bench = await startBench([
      [{ events: [...call, ...shifted(half.events)] }, { cut: true }],
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
      [{ events: [...first, ...shifted(half.events)] }, { cut: true }],
      [{ events: answer }],
    ]);
    const sampling = bench.sample();
    await untilEnded(bench, sampling, 50);

    expect((await bench.upstream.request(2)).body).toMatchObject({
      input: [...greeting.input, { type: 'message', role: 'assistant', id: 'msg_1' }],
    });
  });
});

describe('refusals', () => {
  test.for<{ status: number; body: string; message: string; info: CodexErrorInfo }>([
    {
      status: 400,
      body: '{"error":{"message":"too long","code":"context_length_exceeded"}}',
      message: 'Test provider answered with an error (HTTP 400): too long.',
      info: 'contextWindowExceeded',
    },
    {
      status: 400,
      body: '{"detail":"bad field"}',
      message: 'Test provider answered with an error (HTTP 400): bad field.',
      info: 'other',
    },
    {
      status: 401,
      body: '{"error":{"message":"Incorrect API key provided"}}',
      message:
        'Test provider answered that the key is not accepted (HTTP 401): Incorrect API key provided.',
      info: { httpConnectionFailed: { httpStatusCode: 401 } },
    },
    {
      status: 404,
      body: '<html><body>nothing</body></html>',
      message:
        'Test provider answered that there is nothing at this address or no such model (HTTP 404): the answer is a web page.',
      info: { httpConnectionFailed: { httpStatusCode: 404 } },
    },
    {
      status: 429,
      body: '{"error":{"message":"slow","type":"insufficient_quota"}}',
      message: 'Test provider answered that there were too many requests (HTTP 429): slow.',
      info: 'usageLimitExceeded',
    },
    {
      status: 429,
      body: '',
      message: 'Test provider answered that there were too many requests (HTTP 429).',
      info: { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
    },
  ])('$status $body is reported at once', async ({ status, body, message, info }) => {
    await using bench = await startBench([[{ head: { status } }, { bytes: body }]]);
    const sampling = bench.sample();

    const error = modelError(await sampling.ended);
    expect({ message: error.message, info: error.info }).toEqual({ message, info });
    expect(bench.upstream.requests).toHaveLength(1);
    expect(sampling.notices).toEqual([]);
  });

  test('a redirect is not followed with the key but named', async () => {
    const headers = { location: 'https://elsewhere.example/v1/responses' };
    await using bench = await startBench([[{ head: { status: 307, headers } }]]);

    const error = modelError(await bench.sample().ended);
    expect(error.message).toContain('it moved to https://elsewhere.example/v1/responses');
    expect(bench.upstream.requests).toHaveLength(1);
  });

  test('a web page under a good status is a wrong address and not asked for again', async () => {
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    await using bench = await startBench([
      [{ head: { status: 200, headers } }, { bytes: '<html><body>Welcome</body></html>' }],
    ]);

    const error = modelError(await bench.sample().ended);
    expect(error.message).toContain('it is not an event stream (text/html; charset=utf-8)');
    expect(bench.upstream.requests).toHaveLength(1);
  });

  test('a refused key is renewed once and tried at once', async () => {
    const asked: (string | undefined)[] = [];
    await using bench = await startBench([[{ head: { status: 401 } }], [{ events: answer }]], {
      credential: async (refused) => {
        asked.push(refused);
        return refused === undefined ? 'old' : 'new';
      },
    });
    const sampling = bench.sample();

    expect(await sampling.ended).toBeUndefined();
    expect(asked).toEqual([undefined, 'old']);
    expect(bench.upstream.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
    expect(sampling.notices).toEqual([]);
  });

  test('a key that cannot be had is an error and nothing is sent without it', async () => {
    class NoKeyError extends ProductError {
      readonly code = 'noKey';
      readonly retryable = false;
    }
    await using bench = await startBench([[{ events: answer }]], {
      credential: () => Promise.reject(new NoKeyError('Set TEST_API_KEY to use Test provider.')),
    });

    const error = modelError(await bench.sample().ended);
    expect(error.message).toBe('Set TEST_API_KEY to use Test provider.');
    expect(bench.upstream.requests).toEqual([]);
  });

  test('a key with a line break is refused here and does not show in the message', async () => {
    await using bench = await startBench([[{ events: answer }]], {
      credential: () => Promise.resolve('sk-secret\nsecond line'),
    });

    const error = modelError(await bench.sample().ended);
    expect(error.message).toContain('authorization');
    expect(error.message).not.toContain('sk-secret');
    expect(error.retryable).toBe(false);
  });

  test('nobody listening is named with host and port, tried again, and ends on the budget', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await using bench = await startBench([[]], {
      baseUrl: new URL(`http://127.0.0.1:${port}/v1`),
      requestMaxRetries: 2,
    });
    const sampling = bench.sample();

    const error = modelError(await untilEnded(bench, sampling, 50));
    const reason = `Test provider: 127.0.0.1:${port} cannot be reached (nothing accepts connections there).`;
    expect(sampling.notices.map(({ message }) => message)).toEqual([
      `${reason} Trying again (1 of 2).`,
      `${reason} Trying again (2 of 2).`,
    ]);
    expect(error.message).toBe(`${reason} Tried 3 times.`);
    expect(error.info).toEqual({ httpConnectionFailed: { httpStatusCode: null } });
  });

  test('an answer cut off by the limit of tokens keeps its text and says why', async () => {
    const response = { id: 'resp_1', incomplete_details: { reason: 'max_output_tokens' } };
    await using bench = await startBench([
      [half, { events: [{ type: 'response.incomplete', response }] }],
    ]);
    const sampling = bench.sample();

    const error = modelError(await sampling.ended);
    expect(error.message).toBe(
      'The model did not finish its answer: it reached the limit of tokens for one answer.',
    );
    expect(sampling.events.at(-1)).toMatchObject({ type: 'itemInterrupted', itemId: 'msg_1' });
  });
});

describe('an abort', () => {
  const stages: readonly {
    name: string;
    script: UpstreamStep[];
    changes?: Partial<ModelProvider>;
    readonly reached: (bench: Bench, sampling: Sampling) => Promise<void>;
  }[] = [
    {
      name: 'before anything was sent',
      script: [{ events: answer }],
      reached: async () => undefined,
    },
    {
      name: 'while the key is being fetched',
      script: [{ events: answer }],
      changes: { credential: () => new Promise(() => undefined) },
      reached: async () => undefined,
    },
    {
      name: 'before the response headers',
      script: [{ stall: true }],
      reached: async (bench) => {
        await bench.upstream.request(1);
      },
    },
    {
      name: 'in the middle of the stream',
      script: [half, { stall: true }],
      reached: async (_bench, sampling) => {
        await expect.poll(() => sampling.text()).toBe('hello ');
      },
    },
    {
      name: 'in the middle of an error body',
      script: [{ head: { status: 500 } }, { bytes: 'oh' }, { stall: true }],
      reached: async (bench) => {
        await bench.upstream.request(1);
      },
    },
    {
      name: 'while it waits to try again',
      script: [{ head: { status: 503 } }],
      reached: async (_bench, sampling) => {
        await expect.poll(() => sampling.notices).toHaveLength(1);
      },
    },
  ];

  test.for(stages)('$name ends the sampling at once', async ({ script, changes, reached }) => {
    await using bench = await startBench([script], changes);
    const sampling = bench.sample();
    await reached(bench, sampling);
    sampling.abort.abort();

    expect(await sampling.ended).toBeInstanceOf(ModelAbortedError);
    expect(openItems(sampling)).toEqual([]);
    expect(bench.clock.pending).toBe(0);
    await bench.upstream.requests[0]?.closed;
  });

  test('closing the client ends what is under way, and closing twice is harmless', async () => {
    await using bench = await startBench([[half, { stall: true }]]);
    const sampling = bench.sample();
    await expect.poll(() => sampling.text()).toBe('hello ');
    bench.client.close();
    bench.client.close();

    expect(await sampling.ended).toBeInstanceOf(ModelAbortedError);
    expect(openItems(sampling)).toEqual([]);
  });

  test('leaving the loop closes the connection', async () => {
    await using bench = await startBench([[half, { stall: true }]]);
    const session = bench.client.startTurn({ turnId: 'turn-1', startedAtMs: 0 });
    const { signal } = new AbortController();
    for await (const event of session.stream(greeting, { signal })) {
      if (event.type === 'textDelta') break;
    }

    await (
      await bench.upstream.request(1)
    ).closed;
    expect(bench.clock.pending).toBe(0);
  });
});

function failed(code: string): { type: string; response: object } {
  return { type: 'response.failed', response: { id: 'resp_1', error: { code, message: 'no' } } };
}

/** The same events one place further on, as the second item of an answer. */
function shifted(
  events: readonly { type: string; [field: string]: unknown }[],
): { type: string; [field: string]: unknown }[] {
  const text = JSON.stringify(events.slice(1))
    .replaceAll('msg_1', 'msg_2')
    .replaceAll('"output_index":0', '"output_index":1');
  return JSON.parse(text) as { type: string }[];
}

/** Items that were opened and never closed, or closed more than once. */
function openItems({ events }: Sampling): string[] {
  const open: string[] = [];
  for (const event of events) {
    if (event.type === 'itemAdded') open.push(event.itemId);
    if (event.type === 'itemDone' || event.type === 'itemInterrupted') {
      const at = open.indexOf(event.itemId);
      if (at < 0) open.push(`${event.itemId} was closed but not open`);
      else open.splice(at, 1);
    }
  }
  return open;
}
