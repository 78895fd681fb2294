import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import { inFence, outFence, startTestEngine, startVoice, talk } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

test.each([
  [401, '{"error":{"message":"bad key sk-…"}}', ['HTTP 401', 'key is missing or wrong', 'bad key']],
  [404, '', ['HTTP 404', 'wrong address or unknown model']],
  [429, 'slow down', ['HTTP 429', 'slow down']],
  [503, 'later', ['HTTP 503', 'later']],
])('a start refused with %i says so and costs the thread nothing', async (status, body, words) => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  bench.realtime.refuseNext(status, body);
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });

  const { message } = await probe.notification('thread/realtime/error');
  for (const word of words) expect(message).toContain(word);
  expect(message).not.toContain('sk-test');
  expect(probe.order).not.toContain('thread/realtime/started');
  expect(probe.order).not.toContain('thread/realtime/closed');

  await probe.turn(threadId, 'Hi');
  await probe.notification('turn/completed');
  const server = await talk(bench, probe, threadId);
  await outFence({ probe, threadId, server });
});

test('a server that is not there is named', async () => {
  await using bench = await startTestEngine();
  await bench.realtime.close();
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });

  const { message } = await probe.notification('thread/realtime/error');
  expect(message).toContain(bench.realtime.url.host);
});

test('an upgrade that is never answered is given up after ten seconds; turns run meanwhile', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    scripts: [[{ events: messageAnswer('Hello') }]],
    clock,
  });
  bench.realtime.stallNext();
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
  await bench.realtime.upgrade();

  await probe.turn(threadId, 'Hi');
  expect(await probe.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });
  clock.advance(9_999);
  await probe.call('thread/loaded/list', {});
  expect(probe.order).not.toContain('thread/realtime/error');
  clock.advance(1);
  const { message } = await probe.notification('thread/realtime/error');
  expect(message).toContain('within 10 s');
});

test('a stop while connecting ends it at once, and nothing of it comes later', async () => {
  await using bench = await startTestEngine();
  bench.realtime.stallNext();
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
  await bench.realtime.upgrade();

  await probe.call('thread/realtime/stop', { threadId });
  expect(await probe.notification('thread/realtime/closed')).toMatchObject({ reason: 'requested' });
  const server = await talk(bench, probe, threadId);
  await outFence({ probe, threadId, server });

  expect(probe.all('thread/realtime/started')).toHaveLength(1);
  expect(probe.all('thread/realtime/closed')).toHaveLength(1);
  expect(probe.all('thread/realtime/error')).toEqual([]);
});

test('words and sound given while connecting reach the session in their order', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const threadId = await probe.thread();
  const data = Buffer.alloc(960, 7).toString('base64');
  const audio = { data, sampleRate: 24_000, numChannels: 1 };

  probe.send({
    id: 'start',
    method: 'thread/realtime/start',
    params: { threadId, outputModality: 'audio' },
  });
  await probe.call('thread/realtime/appendAudio', { threadId, audio });
  await probe.call('thread/realtime/appendText', { threadId, text: 'typed' });
  const server = await bench.realtime.session();
  await server.frame('conversation.item.create');

  expect(server.frames.map(({ type }) => type)).toEqual([
    'session.update',
    'input_audio_buffer.append',
    'conversation.item.create',
  ]);
  expect(server.frames[1]).toMatchObject({ audio: data });
});

test('a second start opens first and swaps then; each session is closed once', async () => {
  await using bench = await startTestEngine();
  const { probe, threadId, server: first } = await startVoice(bench);
  const second = await talk(bench, probe, threadId);

  expect(await first.closed).toEqual({ code: 1000, reason: 'done' });
  await probe.call('thread/realtime/appendText', { threadId, text: 'hello' });
  await second.frame('conversation.item.create');
  await probe.call('thread/realtime/stop', { threadId });
  await second.closed;
  await probe.notification('thread/realtime/closed', 2);
  expect(
    probe.order.filter((method) => /^thread\/realtime\/(?:started|closed)$/u.test(method)),
  ).toEqual([
    'thread/realtime/started',
    'thread/realtime/closed',
    'thread/realtime/started',
    'thread/realtime/closed',
  ]);
});

test('a second start that fails leaves the running session as it is', async () => {
  await using bench = await startTestEngine();
  const voice = await startVoice(bench);
  const { probe, threadId, server } = voice;
  bench.realtime.refuseNext(503, 'later');
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });

  await probe.notification('thread/realtime/error');
  await outFence(voice);
  expect(server.of('conversation.item.create')).toHaveLength(1);
  expect(probe.order).not.toContain('thread/realtime/closed');
});

test('start, start, stop in one breath leave nothing running', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const threadId = await probe.thread();
  const start = { method: 'thread/realtime/start', params: { threadId, outputModality: 'audio' } };
  probe.send({ id: 'a', ...start });
  probe.send({ id: 'b', ...start });
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');

  const answered = await probe.ask('thread/realtime/interrupt', { threadId });
  expect(answered.error?.message).toBe('no realtime conversation is running');
  expect(probe.order).not.toContain('thread/realtime/started');
});

test('stop without a session answers and says closed; words and sound get an error each', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const threadId = await probe.thread();
  const audio = { data: 'AAA=', sampleRate: 24_000, numChannels: 1 };

  await probe.call('thread/realtime/stop', { threadId });
  expect(await probe.notification('thread/realtime/closed')).toMatchObject({ reason: 'requested' });
  await probe.call('thread/realtime/appendText', { threadId, text: 'hi' });
  await probe.call('thread/realtime/appendAudio', { threadId, audio });

  await probe.notification('error', 2);
  expect(probe.all('error')).toMatchObject([
    { willRetry: false, error: { codexErrorInfo: 'badRequest' } },
    { willRetry: false, error: { codexErrorInfo: 'badRequest' } },
  ]);
});

test('two threads talk at once without hearing each other', async () => {
  await using bench = await startTestEngine();
  const one = await startVoice(bench);
  const two = await startVoice(bench);
  one.server.send({
    type: 'response.output_text.delta',
    item_id: 'a1',
    response_id: 'r1',
    delta: 'Hi',
  });
  await inFence(one);
  await inFence(two);

  expect(one.probe.all('thread/realtime/transcript/delta')).toHaveLength(1);
  expect(two.probe.all('thread/realtime/transcript/delta')).toEqual([]);
});

test('the list of voices needs no thread', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const { voices } = await probe.call('thread/realtime/listVoices', {});
  expect(voices).toMatchObject({ defaultV1: 'cove', defaultV2: 'marin' });
  expect((voices as Fields)['v2']).toHaveLength(10);
  expect((voices as Fields)['v1']).toHaveLength(9);
});

test.each(['Zoë', '語り手', '🎙️'])('a client called %s talks like any other', async (name) => {
  await using bench = await startTestEngine();
  const probe = await bench.client({ name });
  const server = await talk(bench, probe, await probe.thread());

  expect(Buffer.from(server.headers['originator'] as string, 'latin1').toString('utf8')).toBe(name);
});
