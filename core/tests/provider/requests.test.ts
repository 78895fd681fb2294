import { expect, test } from 'vitest';

import {
  greeting,
  halfAnswer,
  messageAnswer,
  startBench,
  type UpstreamStep,
} from '../../model/testing/index.ts';
import { startTestEngine, toldToModel, turnEnded } from '../../testing/index.ts';

const hello: readonly UpstreamStep[] = [{ events: messageAnswer('Hello') }];

test('the requests of a conversation use the same connections again', async () => {
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

test('metadata too long for a header goes in the body alone', async () => {
  await using bench = await startBench([hello]);
  const clientMetadata = { note: 'x'.repeat(20_000) };
  await bench.sample(greeting, { clientMetadata }).ended;
  const { headers, body } = await bench.upstream.request(1);

  expect(headers).not.toHaveProperty('x-codex-turn-metadata');
  expect(JSON.stringify(headers).length).toBeLessThan(8000);
  expect(JSON.stringify(body)).toContain(clientMetadata.note);
});

test('another model gets the whole conversation, word for word, and nothing is summarised', async () => {
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

test('what a client asks for carries its own name, also before it has said that it is ready', async () => {
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
