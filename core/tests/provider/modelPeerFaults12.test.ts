import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  callAnswer,
  completed,
  greeting,
  halfAnswer,
  messageAnswer,
  sseEvent,
  startBench,
  startScriptedUpstream,
  type UpstreamStep,
} from '../../model/testing/index.ts';
import {
  asked,
  askingScripts,
  COLOUR,
  completedItems,
  looseItems,
  startTestEngine,
  timedOut,
  toldToModel,
  turnEnded,
} from '../../testing/index.ts';

// Rows 12 to 23; row numbers are those of responses §19.

type Fields = Readonly<Record<string, unknown>>;

const hello: readonly UpstreamStep[] = [{ events: messageAnswer('Hello') }];
const streamRetry = { config: { 'model_providers.scripted.stream_max_retries': 1 } };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('row 12: the requests of a conversation use the same connections again', async () => {
  await using bench = await startTestEngine({ scripts: [hello] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  for (let n = 1; n <= 8; n += 1) {
    await probe.turn(threadId, 'Hi');
    await turnEnded(probe, n);
  }

  const ports = bench.upstream.requests.map(({ remotePort }) => remotePort);
  // A second one where a turn followed so closely that the first was not free yet.
  expect(new Set(ports).size).toBeLessThanOrEqual(2);
});

test('row 13: metadata too long for a header goes in the body alone', async () => {
  await using bench = await startBench([hello]);
  const clientMetadata = { note: 'x'.repeat(20_000) };
  await bench.sample(greeting, { clientMetadata }).ended;
  const { headers, body } = await bench.upstream.request(1);

  expect(headers).not.toHaveProperty('x-codex-turn-metadata');
  expect(JSON.stringify(headers).length).toBeLessThan(8000);
  expect(JSON.stringify(body)).toContain(clientMetadata.note);
});

describe('row 14', () => {
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
    await probe.turn(await probe.thread({ modelProvider: 'late' }), 'Hi');
    await probe.notification('error');
    while (clock.nowMs() < 1_700_000_009_000) {
      const n = probe.all('error').length;
      clock.advance(500);
      // What was due has failed by now, where something was due.
      await expect.poll(() => probe.all('error').length >= n && clock.pending > 0).toBe(true);
    }
    await using upstream = await startScriptedUpstream([hello], port);
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
])(
  'row 15: too many requests %s is waited for, and said as it is',
  async (_what, headers, waitMs) => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({
      clock,
      requestMaxRetries: 1,
      scripts: [[{ head: { status: 429, headers } }], hello],
    });
    const probe = await bench.client();
    await probe.turn(await probe.thread(), 'Hi');

    const { error } = await probe.notification('error');
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /too many requests \(HTTP 429\)\. Trying again in/u,
      ) as unknown,
    });
    // The random part of a wait of our own is a tenth.
    clock.advance(waitMs * 1.1);
    expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  },
);

test('row 15: a limit that was met once does not claim that it was tried more often', async () => {
  await using bench = await startTestEngine({ scripts: [[{ head: { status: 429 } }]] });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  const { error } = await turnEnded(probe);
  expect((error as Fields)['message']).toBe(
    'Scripted answered that there were too many requests (HTTP 429).',
  );
});

test('row 16: another model gets the whole conversation, word for word, and nothing is summarised', async () => {
  await using bench = await startTestEngine({ scripts: [hello] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'First words');
  await turnEnded(probe);
  await probe.call('turn/start', {
    threadId,
    input: [{ type: 'text', text: 'Second words' }],
    model: 'another-model',
  });
  await turnEnded(probe, 2);

  expect(bench.upstream.requests).toHaveLength(2);
  const { body } = await bench.upstream.request(2);
  expect(body).toMatchObject({ model: 'another-model' });
  expect(toldToModel(body).slice(-3)).toEqual([
    'user: First words',
    'assistant: Hello',
    'user: Second words',
  ]);
});

test('row 17: a refusal is shown and remembered', async () => {
  const content = [{ type: 'refusal', refusal: 'I would rather not.' }];
  const item = { type: 'message', id: 'msg_1', role: 'assistant', content };
  await using bench = await startTestEngine({
    scripts: [
      [{ events: [{ type: 'response.output_item.done', output_index: 0, item }, completed('r')] }],
      hello,
    ],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Do it');
  const turn = await turnEnded(probe);

  expect(completedItems(probe, 'agentMessage')).toMatchObject([{ text: 'I would rather not.' }]);
  expect(turn).toMatchObject({ status: 'completed', items: [{ text: 'I would rather not.' }] });
  await probe.turn(threadId, 'Why?');
  const { body } = await bench.upstream.request(2);
  expect(JSON.stringify(body)).toContain(JSON.stringify(content));
});

const whole = messageAnswer('Hello there');
const text = whole.map(sseEvent).join('');

test.each<[string, readonly UpstreamStep[]]>([
  ['its final blank line', [{ bytes: text.trimEnd() }]],
  ['its end', [{ events: whole.slice(0, -1) }]],
  ['its end, by a cut', [{ events: whole.slice(0, -1) }, { cut: true }]],
])('row 18: an answer that lost %s is shown once and asked for once', async (_what, script) => {
  await using bench = await startTestEngine({ scripts: [script] });
  const probe = await bench.client();
  await probe.turn(await probe.thread(streamRetry), 'Hi');

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(completedItems(probe, 'agentMessage')).toMatchObject([{ text: 'Hello there' }]);
  expect(bench.upstream.requests).toHaveLength(1);
  expect(probe.all('error')).toEqual([]);
});

test('row 20: an interrupt ends the tool that runs, and the model is told', async () => {
  await using bench = await startTestEngine({ scripts: [...askingScripts(COLOUR)] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Paint it');
  await asked(probe);
  await probe.call('turn/interrupt', { threadId, turnId: '' });
  expect(await turnEnded(probe)).toMatchObject({ status: 'interrupted' });
  await probe.notification('serverRequest/resolved');
  expect(looseItems(probe)).toEqual([]);

  await probe.turn(threadId, 'And now?');
  const { body } = await bench.upstream.request(2);
  expect(toldToModel(body).slice(-3)).toEqual([
    'function_call_output: Stopped by the user before it finished.',
    expect.stringContaining('The user stopped this turn'),
    'user: And now?',
  ]);
});

test('row 22: silence about limits is told as silence, and usage once per answer', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [{ events: callAnswer({ name: 'update_plan', arguments: { plan: [] }, callId: 'c1' }) }],
      hello,
    ],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Hi');
  await turnEnded(probe);
  await probe.turn(threadId, 'Again');
  await turnEnded(probe, 2);

  expect(probe.all('account/rateLimits/updated')).toEqual([]);
  expect(probe.all('thread/tokenUsage/updated')).toHaveLength(3);
});

test('row 23: what a client asks for carries its own name, also before it has said that it is ready', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: halfAnswer() }]] });
  const probe = bench.connect();
  const clientInfo = { name: 'somebody', title: null, version: '1.0.0' };
  probe.send({ id: 'a', method: 'thread/start', params: {} });
  await probe.call('initialize', { clientInfo, capabilities: { experimentalApi: true } });
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Hi');
  const { headers } = await bench.upstream.request(1);

  expect(headers).toMatchObject({ originator: 'somebody' });
  expect(headers['user-agent']).toMatch(/^somebody\//u);
  expect(probe.messages.find(({ id }) => id === 'a')?.error).toBeDefined();
});
