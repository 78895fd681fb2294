import { expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { inFence, OFFER_SDP, startTestEngine, startVoice, talk } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const session = (frame: Fields): Fields => frame['session'] as Fields;
const instructions = (frame: Fields): unknown => session(frame)['instructions'];

test('a session opens with the documented address, headers and configuration', async () => {
  await using bench = await startTestEngine();
  const { server, probe, threadId } = await startVoice(bench, {
    outputModality: 'audio',
    prompt: 'be brief',
  });

  expect(server.url).toBe('/v1/realtime?model=gpt-realtime-1.5');
  expect(server.headers).toMatchObject({
    authorization: 'Bearer sk-test',
    'x-session-id': threadId,
    'session-id': threadId,
    'thread-id': threadId,
    originator: 'probe',
    'user-agent': expect.stringMatching(/^probe\/0\.0\.0-test/u),
  });
  expect(server.headers['sec-websocket-protocol']).toBeUndefined();
  expect(server.headers['sec-websocket-extensions']).toBeUndefined();
  const { tools, ...rest } = session(server.frames[0] ?? {});
  expect(rest).toEqual({
    type: 'realtime',
    instructions: 'be brief',
    output_modalities: ['audio'],
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: 24_000 },
        noise_reduction: { type: 'near_field' },
        transcription: { model: 'gpt-transcribe' },
        turn_detection: {
          type: 'server_vad',
          interrupt_response: true,
          create_response: true,
          silence_duration_ms: 500,
        },
      },
      output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin' },
    },
    tool_choice: 'auto',
  });
  expect((tools as readonly Fields[]).map(({ name }) => name)).toEqual([
    'background_agent',
    'remain_silent',
  ]);
  expect(await probe.notification('thread/realtime/started')).toMatchObject({
    sessionId: threadId,
    realtimeSessionId: threadId,
    version: 'v2',
    model: 'gpt-realtime-1.5',
    modelProvider: 'scripted',
  });
});

test('a provider that is configured without a key talks without one', async () => {
  await using bench = await startTestEngine({
    modelProvider: 'keyless',
    provider: '[model_providers.keyless]\nbase_url = "http://127.0.0.1:9/v1"',
    env: { OPENAI_API_KEY: 'sk-for-openai-alone' },
  });
  const { server, probe } = await startVoice(bench);

  expect(server.headers.authorization).toBeUndefined();
  expect(await probe.notification('thread/realtime/started')).toMatchObject({
    modelProvider: 'keyless',
  });
});

test('the session starts in the documented order and does not wait for the server', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.notification('thread/started');
  const from = probe.mark;
  const server = await talk(bench, probe, threadId);

  expect(probe.order.slice(from)).toEqual([
    'answer',
    'thread/realtime/stage',
    'thread/realtime/item/started',
    'thread/realtime/item/completed',
    'thread/realtime/started',
    'thread/realtime/stage',
  ]);
  server.send({ type: 'session.updated', session: { id: 'sess_1' } });
  await inFence({ probe, threadId, server });
  expect(probe.all('thread/realtime/stage').map(({ stage }) => stage)).toEqual([
    'connecting',
    'configuring',
    'ready',
  ]);
});

test.each([
  ['a text of its own', { prompt: ' {{ user_name }} ' }, ' {{ user_name }} '],
  ['null', { prompt: null }, ''],
  ['an empty text', { prompt: '' }, ''],
])('a prompt that is %s is used as it is', async (_what, params, expected) => {
  await using bench = await startTestEngine();
  const { server } = await startVoice(bench, { outputModality: 'audio', ...params });
  expect(instructions(server.frames[0] ?? {})).toBe(expected);
});

test('without a prompt the built-in one is used, or the configured one', async () => {
  await using plain = await startTestEngine();
  const builtIn = await startVoice(plain);
  expect(instructions(builtIn.server.frames[0] ?? {})).toMatch(/^You are Parley/u);

  await using configured = await startTestEngine({
    config: 'experimental_realtime_ws_backend_prompt = "from the file"',
  });
  const fromFile = await startVoice(configured);
  expect(instructions(fromFile.server.frames[0] ?? {})).toBe('from the file');
  const explicit = await startVoice(configured, { outputModality: 'audio', prompt: 'asked' });
  expect(instructions(explicit.server.frames[0] ?? {})).toBe('asked');
});

test('what was said in the thread before comes along, unless it is not wanted', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Good morning');
  await probe.notification('turn/completed');
  const start = { outputModality: 'audio', prompt: 'P' } as const;

  const first = await talk(bench, probe, threadId, start);
  const text = String(instructions(first.frames[0] ?? {}));
  expect(text).toMatch(/^P\n\n<startup_context>\n.*<\/startup_context>$/su);
  expect(text).toContain('User: Good morning\nAssistant: Hello');

  const second = await talk(bench, probe, threadId, { ...start, includeStartupContext: false });
  expect(instructions(second.frames[0] ?? {})).toBe('P');
});

test('a configured startup context is used verbatim, an empty one means none', async () => {
  await using given = await startTestEngine({
    config: 'experimental_realtime_ws_startup_context = "context"',
  });
  const { server } = await startVoice(given, { outputModality: 'audio', prompt: 'P' });
  expect(instructions(server.frames[0] ?? {})).toBe('P\n\ncontext');

  await using none = await startTestEngine({
    config: 'experimental_realtime_ws_startup_context = ""',
  });
  const bare = await startVoice(none, { outputModality: 'audio', prompt: 'P' });
  expect(instructions(bare.server.frames[0] ?? {})).toBe('P');
});

test('model, voice, session id and modality of the request reach the server', async () => {
  await using bench = await startTestEngine({ config: 'realtime = { voice = "ash" }' });
  const { server, probe } = await startVoice(bench, {
    outputModality: 'text',
    model: 'other-model',
    voice: 'cedar',
    realtimeSessionId: 'my-session',
    version: 'v2',
    transport: { type: 'websocket' },
  });

  expect(server.url).toBe('/v1/realtime?model=other-model');
  expect(server.headers['x-session-id']).toBe('my-session');
  expect(session(server.frames[0] ?? {})).toMatchObject({
    output_modalities: ['text'],
    audio: { output: { voice: 'cedar' } },
  });
  expect(probe.all('thread/realtime/started')).toMatchObject([{ realtimeSessionId: 'my-session' }]);

  const configured = await startVoice(bench);
  expect(session(configured.server.frames[0] ?? {})).toMatchObject({
    audio: { output: { voice: 'ash' } },
  });
});

test.each([
  ['version v1', { version: 'v1' }, 'realtime v2 only'],
  ['version v3', { version: 'v3' }, 'realtime v2 only'],
  [
    'a start with items of v3',
    { initialItems: [{ role: 'user', text: 'earlier' }] },
    'initialItems require realtime v3',
  ],
  ['a voice of v1', { voice: 'cove' }, 'choose one of alloy'],
  ['an empty offer', { transport: { type: 'webrtc', sdp: ' ' } }, 'The SDP offer is empty.'],
  ['no SDP', { transport: { type: 'webrtc', sdp: 'hello' } }, 'does not begin with "v=0"'],
  [
    'an offer without audio',
    { transport: { type: 'webrtc', sdp: 'v=0\r\nm=video 9 RTP 96\r\n' } },
    'has no audio',
  ],
  [
    'an offer with its audio off',
    { transport: { type: 'webrtc', sdp: 'v=0\r\nm=audio 0 RTP 111\r\n' } },
    'switched off',
  ],
  [
    'too large an offer',
    { transport: { type: 'webrtc', sdp: `${OFFER_SDP}a=x:${'x'.repeat(70_000)}` } },
    'larger than 65536 bytes',
  ],
  ['a call without id', { transport: { type: 'existingCall', callId: '' } }, 'callId is empty'],
] as const)('%s is refused in words, without a connection', async (_what, params, words) => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio', ...params });

  const { message, fatal } = await probe.notification('thread/realtime/error');
  expect(message).toContain(words);
  expect(fatal).toBe(true);
  expect(bench.realtime.upgrades).toBe(0);
  expect(bench.realtime.calls.offers).toEqual([]);
  expect(probe.order).not.toContain('thread/realtime/closed');
});
