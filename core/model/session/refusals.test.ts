import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { describe, expect, test } from 'vitest';

import { ProductError } from '../../base/index.ts';
import type { CodexErrorInfo } from '../../protocol/index.ts';
import {
  halfAnswer,
  messageAnswer,
  modelError,
  startBench,
  untilEnded,
  withKey,
} from '../testing/index.ts';

const answer = messageAnswer('hello there');
const half = { events: halfAnswer() };

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
      info: 'unauthorized',
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
      body: '{"error":{"type":"usage_limit_reached","message":"enough","resets_at":1900000000}}',
      message:
        'Test provider answered that there were too many requests (HTTP 429): enough. It ends at 2030-03-17 17:46 UTC.',
      info: 'usageLimitExceeded',
    },
    {
      status: 403,
      body: '{"error":{"code":"organization_spend_limit_exceeded","message":"no"}}',
      message:
        'Test provider answered that access is not allowed (HTTP 403): no. The spend cap of the organization is reached; whoever manages it can raise it.',
      info: 'usageLimitExceeded',
    },
  ])('$status $body is reported at once', async ({ status, body, message, info }) => {
    await using bench = await startBench([[{ head: { status } }, { bytes: body }]]);
    const sampling = bench.sample();

    const error = modelError(await sampling.ended);
    expect({ message: error.message, info: error.info }).toEqual({ message, info });
    expect(bench.upstream.requests).toHaveLength(1);
    expect(sampling.notices).toEqual([]);
  });

  test('a key in the address shows neither in the message nor in the details', async () => {
    await using bench = await startBench([[{ head: { status: 404 } }]], {
      queryParams: { key: 'sk-in-query' },
    });

    const error = modelError(await bench.sample().ended);
    expect(error.details).toBe(`${bench.upstream.url.href}/responses`);
    expect(error.message).not.toContain('sk-in-query');
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

  test('a key that cannot be had is an error and nothing is sent without it', async () => {
    class NoKeyError extends ProductError {
      readonly code = 'noKey';
      readonly retryable = false;
    }
    await using bench = await startBench([[{ events: answer }]], {
      authenticated: async () => {
        throw new NoKeyError('Set TEST_API_KEY to use Test provider.');
      },
    });

    const error = modelError(await bench.sample().ended);
    expect(error.message).toBe('Set TEST_API_KEY to use Test provider.');
    expect(bench.upstream.requests).toEqual([]);
  });

  test('a key with a line break is refused here and does not show in the message', async () => {
    await using bench = await startBench([[{ events: answer }]], {
      authenticated: withKey('sk-secret\nsecond line'),
    });

    const error = modelError(await bench.sample().ended);
    expect(error.message).toContain('authorization');
    expect(error.message).not.toContain('sk-secret');
    expect(error.retryable).toBe(false);
  });

  test('nobody listening is named with host and port and tried for half a minute, no longer', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await using bench = await startBench([[]], {
      baseUrl: new URL(`http://127.0.0.1:${port}/v1`),
      requestMaxRetries: 2,
    });
    const beganMs = bench.clock.nowMs();
    const sampling = bench.sample();

    const error = modelError(await untilEnded(bench, sampling, 50));
    const reason = `Test provider: 127.0.0.1:${port} cannot be reached (nothing accepts connections there).`;
    expect(sampling.notices[0]?.message).toBe(`${reason} Trying again for up to 30 s.`);
    expect(Math.max(...sampling.notices.map(({ delayMs }) => delayMs))).toBe(2000);
    expect(error.message).toBe(`${reason} Tried ${sampling.notices.length + 1} times.`);
    expect(error.info).toEqual({ httpConnectionFailed: { httpStatusCode: null } });
    const tookMs = bench.clock.nowMs() - beganMs;
    expect([tookMs >= 30_000, tookMs < 35_000]).toEqual([true, true]);
  });

  test('a usage limit of another bucket is named, and what it tells about limits arrives', async () => {
    const headers = {
      'x-codex-active-limit': 'codex-other',
      'x-codex-other-primary-used-percent': '100',
      'x-codex-rate-limit-reached-type': 'workspace_member_credits_depleted',
    };
    await using bench = await startBench([
      [
        { head: { status: 429, headers } },
        { bytes: '{"error":{"type":"usage_limit_reached","message":"enough"}}' },
      ],
    ]);
    const sampling = bench.sample();

    expect(modelError(await sampling.ended).message).toBe(
      'Test provider answered that there were too many requests (HTTP 429): enough. The credits of your workspace are used up; its owner can add some. The limit is "codex_other".',
    );
    expect(sampling.events).toMatchObject([
      {
        type: 'rateLimits',
        snapshot: {
          limitId: 'codex_other',
          primary: { usedPercent: 100 },
          rateLimitReachedType: 'workspace_member_credits_depleted',
        },
      },
    ]);
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
