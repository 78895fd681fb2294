import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import {
  delegation,
  type Frame,
  functionCall,
  inFence,
  outFence,
  startTestEngine,
  startVoice,
  type TestEngine,
  type VoiceBench,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const params = { outputModality: 'audio', prompt: 'P', reconnect: true } as const;

const said = (text: string): Frame => ({
  type: 'conversation.item.input_audio_transcription.completed',
  item_id: `item_${text}`,
  content_index: 0,
  transcript: text,
});

const instructions = (frame: Frame): string => String((frame['session'] as Fields)['instructions']);

const stages = ({ probe }: VoiceBench): readonly unknown[] =>
  probe.all('thread/realtime/stage').map(({ stage }) => stage);

/** Resolves when the engine waits for the n-th try, which is then due after `delayMs`. */
async function trying({ probe }: VoiceBench, attempt: number): Promise<void> {
  await probe.notification(
    'thread/realtime/stage',
    1,
    (stage) => stage['stage'] === 'reconnecting' && stage['attempt'] === attempt,
  );
}

/** The conversation over its next connection. */
async function next(bench: TestEngine, voice: VoiceBench, nth: number): Promise<VoiceBench> {
  const server = await bench.realtime.session(nth);
  await server.frame('session.update');
  return { ...voice, server };
}

test('after a drop the conversation goes on over a new connection that knows what was said', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const voice = await startVoice(bench, params);
  const { probe, threadId } = voice;
  voice.server.send({ type: 'session.updated', session: {} }, said('my name is Ada'));
  await inFence(voice);
  voice.server.close(1011, 'restarting');
  await trying(voice, 1);
  const audio = { data: 'AQA=', sampleRate: 24_000, numChannels: 1 };
  await probe.call('thread/realtime/appendAudio', { threadId, audio });
  await probe.call('thread/realtime/appendText', { threadId, text: 'typed meanwhile' });
  await probe.call('thread/realtime/appendSpeech', { threadId, text: 'say this' });
  clock.advance(149);
  expect(bench.realtime.upgrades).toBe(1);
  clock.advance(1);

  const again = await next(bench, voice, 2);
  again.server.send({ type: 'session.updated', session: {} });
  await again.server.frame('response.create');
  await inFence(again);
  const [first, ...rest] = again.server.frames;
  expect(instructions(first ?? { type: '' })).toMatch(
    /^P\n\n<startup_context>.*User: my name is Ada/su,
  );
  expect(instructions(first ?? { type: '' })).not.toContain('meanwhile');
  expect(rest).toMatchObject([
    { type: 'input_audio_buffer.append', audio: 'AQA=' },
    { item: { content: [{ text: '[USER] typed meanwhile' }] } },
    { item: { content: [{ text: '[BACKEND] say this' }] } },
    { type: 'response.create' },
  ]);
  expect(stages(voice)).toEqual([
    'connecting',
    'configuring',
    'ready',
    'reconnecting',
    'configuring',
    'ready',
  ]);
  expect(probe.all('thread/realtime/stage')).toContainEqual({
    threadId,
    stage: 'reconnecting',
    attempt: 1,
    detail: 'restarting',
  });

  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');
  expect(probe.all('thread/realtime/started')).toHaveLength(1);
  expect(probe.all('thread/realtime/closed')).toMatchObject([{ reason: 'requested' }]);
});

test('a session that wanted nothing from before still brings along what was said in itself', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    clock,
    scripts: [[{ events: messageAnswer('Old answer') }]],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Old question');
  await probe.notification('turn/completed');
  await probe.call('thread/realtime/start', { threadId, ...params, includeStartupContext: false });
  const voice = { probe, threadId, server: await bench.realtime.session() };
  expect(instructions(await voice.server.frame('session.update'))).toBe('P');
  voice.server.send(said('new words'));
  await inFence(voice);
  voice.server.cut();
  await trying(voice, 1);
  clock.advance(150);

  const text = instructions(await (await next(bench, voice, 2)).server.frame('session.update'));
  expect(text).toContain('User: new words');
  expect(text).not.toContain('Old');
});

test('tries come more slowly each time, and the last one is the end, with the cause', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const voice = await startVoice(bench, params);
  const { probe, threadId } = voice;
  const delaysMs = [150, 300, 600, 1_200, 2_400, 3_000, 3_000];
  for (let n = 0; n < delaysMs.length; n += 1) bench.realtime.refuseNext(503, 'later');
  voice.server.close(1011, 'boom');
  for (const [index, delayMs] of delaysMs.entries()) {
    await trying(voice, index + 1);
    const before = bench.realtime.upgrades;
    clock.advance(delayMs - 1);
    expect(bench.realtime.upgrades).toBe(before);
    clock.advance(1);
    await bench.realtime.upgrade(before + 1);
  }

  expect(await probe.notification('thread/realtime/closed')).toMatchObject({
    reason: 'error',
    closeCode: 1011,
    detail: 'boom',
  });
  expect(probe.all('thread/realtime/error')).toMatchObject([{ fatal: true }]);
  await probe.call('thread/realtime/appendText', { threadId, text: 'anyone?' });
  await probe.notification('error');
});

test('a server that takes every connection and drops it at once is not tried for ever', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const voice = await startVoice(bench, params);
  voice.server.close(1011, 'boom');
  for (let attempt = 1; attempt <= 7; attempt += 1) {
    await trying(voice, attempt);
    clock.advance(3_000);
    const { server } = await next(bench, voice, attempt + 1);
    server.close(1011, 'boom');
  }

  expect(await voice.probe.notification('thread/realtime/closed')).toMatchObject({
    reason: 'error',
  });
  expect(bench.realtime.upgrades).toBe(8);
});

test('a connection that held gives the next drop all its tries again', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const voice = await startVoice(bench, params);
  voice.server.cut();
  await trying(voice, 1);
  clock.advance(150);
  const again = await next(bench, voice, 2);
  clock.advance(10_000);
  again.server.cut();

  const stage = await voice.probe.notification(
    'thread/realtime/stage',
    2,
    (told) => told['stage'] === 'reconnecting',
  );
  expect(stage).toMatchObject({ attempt: 1 });
});

test('a wrong key on the way ends it with the cause, and says what was lost', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const voice = await startVoice(bench, params);
  const { probe, threadId } = voice;
  voice.server.cut();
  await trying(voice, 1);
  const audio = { data: 'AQA=', sampleRate: 24_000, numChannels: 1 };
  await probe.call('thread/realtime/appendAudio', { threadId, audio });
  await probe.call('thread/realtime/appendText', { threadId, text: 'lost' });
  bench.realtime.refuseNext(401, 'no');
  clock.advance(150);

  expect(await probe.notification('thread/realtime/closed')).toMatchObject({
    reason: 'error',
    detail: expect.stringContaining('HTTP 401'),
  });
  expect(probe.all('thread/realtime/warning')).toMatchObject([
    { message: expect.stringContaining('1 pieces of microphone sound') },
    { message: expect.stringContaining('1 written messages') },
  ]);
  expect(probe.all('thread/realtime/error')).toMatchObject([
    { fatal: true, message: expect.stringContaining('key is missing or wrong') },
  ]);
  expect(bench.realtime.upgrades).toBe(2);
});

test.each([
  ['waiting for a try', 0],
  ['trying', 150],
])('a stop while %s ends it at once', async (_what, byMs) => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const voice = await startVoice(bench, params);
  const { probe, threadId } = voice;
  bench.realtime.stallNext();
  voice.server.cut();
  await trying(voice, 1);
  clock.advance(byMs);
  if (byMs > 0) await bench.realtime.upgrade(2);
  await probe.call('thread/realtime/stop', { threadId });

  expect(await probe.notification('thread/realtime/closed')).toMatchObject({ reason: 'requested' });
  clock.advance(60_000);
  await probe.call('thread/loaded/list', {});
  expect(probe.all('thread/realtime/closed')).toHaveLength(1);
  expect(bench.realtime.upgrades).toBe(byMs > 0 ? 2 : 1);
});

test.each([
  ['while there is no connection', false],
  ['over the new connection', true],
])('a task that runs through a drop and ends %s brings its result once', async (_what, isLate) => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    clock,
    scripts: [[{ until: 'go' }, { events: messageAnswer('The result') }]],
  });
  const voice = await startVoice(bench, params);
  voice.server.send(delegation('call_1', 'work'));
  await bench.upstream.request(1);
  voice.server.cut();
  await trying(voice, 1);
  if (!isLate) {
    bench.upstream.open('go');
    await voice.probe.notification('turn/completed');
  }
  clock.advance(150);
  const again = await next(bench, voice, 2);
  bench.upstream.open('go');
  await again.server.frame('response.create');
  await voice.probe.notification('turn/completed');
  await outFence(again);

  expect(again.server.frames.slice(1, -1)).toMatchObject([
    { item: { type: 'message', content: [{ text: '[BACKEND] The result' }] } },
    { type: 'response.create' },
  ]);
  expect(instructions(again.server.frames[0] ?? { type: '' })).not.toContain('The result');
});

test('calls of one response are answered together, a slow one is waited for a second and a half', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    clock,
    scripts: [[{ until: 'go' }, { events: messageAnswer('Found') }]],
  });
  const voice = await startVoice(bench);
  const { server } = voice;
  server.send(
    { type: 'response.created', response: { id: 'r1' } },
    functionCall('fast', 'teleport', '{}'),
    delegation('slow', 'work'),
    functionCall('fast_too', 'teleport', '{}'),
    { type: 'response.done', response: { id: 'r1' } },
  );
  await bench.upstream.request(1);
  await inFence(voice);
  clock.advance(1_499);
  await outFence(voice);
  const asked = server.of('response.create').length;
  clock.advance(1);
  await server.frame('response.create');
  server.send(
    { type: 'response.created', response: { id: 'r2' } },
    { type: 'response.done', response: { id: 'r2' } },
  );
  await inFence(voice);
  bench.upstream.open('go');
  await voice.probe.notification('turn/completed');
  await outFence(voice);

  expect(
    server.of('conversation.item.create').flatMap(({ item }) => (item as Fields)['call_id'] ?? []),
  ).toEqual(['fast', 'fast_too', 'slow']);
  expect(asked).toBe(0);
  // One for the fast ones together, one for the slow one.
  expect(server.of('response.create')).toHaveLength(2);
});
