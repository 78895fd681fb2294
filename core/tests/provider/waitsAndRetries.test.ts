import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  halfAnswer,
  messageAnswer,
  startScriptedUpstream,
  type UpstreamStep,
} from '../../model/testing/index.ts';
import { looseItems, startTestEngine, timedOut, turnEnded } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const hello: readonly UpstreamStep[] = [{ events: messageAnswer('Hello') }];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('an upstream that never sends headers is told of after a minute, tried again, and ends', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    clock,
    requestMaxRetries: 1,
    scripts: [[{ stall: true }]],
  });
  const probe = await bench.client();
  const beganMs = clock.nowMs();
  await probe.turn(await probe.thread({ ephemeral: true }), 'Hi');
  await bench.upstream.request(1);

  const { status, error } = await timedOut(clock, probe);
  expect({ status, error }).toMatchObject({
    status: 'failed',
    error: {
      message: expect.stringMatching(/did not answer within 60 s\. Tried 2 times\.$/u) as unknown,
      codexErrorInfo: { responseStreamConnectionFailed: { httpStatusCode: null } },
    },
  });
  expect(probe.all('error').map(({ willRetry }) => willRetry)).toEqual([true, false]);
  expect(bench.upstream.requests).toHaveLength(2);
  expect(clock.nowMs() - beganMs).toBeLessThan(125_000);
});

test('comments of a proxy keep a slow answer alive for as long as they come', async () => {
  const clock = new ManualClock();
  const gates = Array.from({ length: 5 }, (_, index) => `comment ${index}`);
  await using bench = await startTestEngine({
    clock,
    scripts: [
      [
        ...gates.flatMap((gate) => [{ until: gate }, { bytes: ': keep-alive\n\n' }]),
        { events: messageAnswer('At last') },
      ],
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');
  await bench.upstream.request(1);
  for (const gate of gates) {
    // The deadline for the headers runs first, that for the next byte from then on.
    clock.advance(gate === gates[0] ? 59_000 : 299_000);
    const before = clock.armed;
    bench.upstream.open(gate);
    await expect.poll(() => clock.armed).toBeGreaterThan(before);
  }

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(bench.upstream.requests).toHaveLength(1);
});

test.each([
  ['without a status', { type: 'error', message: 'The horse is tired.' }],
  ['with its text inside', { type: 'error', error: { message: 'The horse is tired.' } }],
])('an error event %s ends the attempt at once and its words are told', async (_what, event) => {
  await using bench = await startTestEngine({
    scripts: [[{ events: [...halfAnswer(), event] }, { stall: true }]],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  expect(await turnEnded(probe)).toMatchObject({
    status: 'failed',
    error: { message: 'The model failed: The horse is tired.', codexErrorInfo: 'other' },
  });
  expect(looseItems(probe)).toEqual([]);
});

test.each([
  ['fails', ['-c', 'echo x >> ran; exit 3']],
  ['says nothing', ['-c', 'echo x >> ran']],
])(
  'a command for tokens that %s is run once for the turn, told, and nothing is sent without a token',
  async (_what, args) => {
    await using bench = await startTestEngine({ requestMaxRetries: 2 });
    const probe = await bench.client();
    const threadId = await probe.thread({
      config: {
        'model_providers.mine.name': 'Mine',
        'model_providers.mine.base_url': bench.upstream.url.href,
        'model_providers.mine.auth': { command: 'sh', args, cwd: bench.home },
        model_provider: 'mine',
      },
    });
    await probe.turn(threadId, 'Hi');

    expect(await turnEnded(probe)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('sh') as unknown, codexErrorInfo: 'unauthorized' },
    });
    expect(bench.upstream.requests).toEqual([]);
    // The list of models needs the token, too, and at the same time.
    expect(await readFile(join(bench.home, 'ran'), 'utf8')).toBe('x\n');
  },
);

describe('a provider that is not there', () => {
  test('a provider nobody answers for is told of at once, with how long it will be tried, and given up', async () => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({ clock, requestMaxRetries: 4 });
    await bench.upstream.close();
    const probe = await bench.client();
    await probe.turn(await probe.thread(), 'Hi');

    const reason = `Scripted: ${bench.upstream.url.host} cannot be reached (nothing accepts connections there).`;
    const first = await probe.notification('error');
    expect(first).toMatchObject({
      willRetry: true,
      error: { message: `${reason} Trying again for up to 30 s.` },
    });
    const { error } = await timedOut(clock, probe, 1, 250);
    expect(error).toMatchObject({
      message: expect.stringContaining(`${reason} Tried `) as unknown,
      codexErrorInfo: { httpConnectionFailed: { httpStatusCode: null } },
    });
  });

  test('a provider that starts late is used within two seconds of its start', async () => {
    const clock = new ManualClock();
    const port = await freePort();
    await using bench = await startTestEngine({
      clock,
      provider: `[model_providers.late]
name = "Late"
base_url = "http://127.0.0.1:${port}/v1"`,
      config: '',
    });
    const probe = await bench.client();
    await probe.turn(await probe.thread({ modelProvider: 'late', ephemeral: true }), 'Hi');
    await probe.notification('error');
    while (clock.nowMs() < 1_700_000_009_000) {
      const n = probe.all('error').length;
      clock.advance(500);
      // What was due has failed by now, where something was due.
      await expect.poll(() => probe.all('error').length >= n && clock.pending > 0).toBe(true);
    }
    await using upstream = await startScriptedUpstream([hello], { atPort: port });
    const beganMs = clock.nowMs();

    expect(await timedOut(clock, probe, 1, 100)).toMatchObject({ status: 'completed' });
    expect(clock.nowMs() - beganMs).toBeLessThan(2500);
    expect(upstream.requests).toHaveLength(1);
  });
});

test.each<[string, Record<string, string>, number]>([
  ['without a word on when', {}, 200],
  ['with milliseconds', { 'retry-after-ms': '1500' }, 1500],
  ['with seconds', { 'retry-after': '3' }, 3000],
])('too many requests %s is waited for, and said as it is', async (_what, headers, waitMs) => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    clock,
    scripts: [[{ head: { status: 429, headers } }], hello],
  });
  const probe = await bench.client();
  const config = { 'model_providers.scripted.stream_max_retries': 1 };
  await probe.turn(await probe.thread({ config }), 'Hi');

  const { error } = await probe.notification('error');
  expect(error).toMatchObject({
    message: expect.stringMatching(/too many requests \(HTTP 429\)\. Trying again in/u) as unknown,
  });
  // The random part of a wait of our own is a tenth.
  clock.advance(waitMs * 1.1);
  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
});

test('a limit that was met once does not claim that it was tried more often', async () => {
  await using bench = await startTestEngine({ scripts: [[{ head: { status: 429 } }]] });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  const { error } = await turnEnded(probe);
  expect((error as Fields)['message']).toBe(
    'Scripted answered that there were too many requests (HTTP 429).',
  );
});
