import { expect, test } from 'vitest';

import { asPeer, outFence, startTestEngine, startVoice } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const session = (changes: Fields): Fields => ({
  type: 'realtime',
  instructions: '',
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
  ...changes,
});

/** Recorded starts: request, address, first frame (tools apart; their descriptions are our own words). */
const starts: readonly (readonly [
  what: string,
  params: Parameters<typeof startVoice>[1] & { readonly outputModality: 'audio' | 'text' },
  query: string,
  session: Fields,
])[] = [
  ['prompt null', { outputModality: 'audio', prompt: null }, 'gpt-realtime-1.5', session({})],
  ['prompt empty', { outputModality: 'audio', prompt: '' }, 'gpt-realtime-1.5', session({})],
  [
    'prompt of blanks',
    { outputModality: 'audio', prompt: '   ' },
    'gpt-realtime-1.5',
    session({ instructions: '   ' }),
  ],
  [
    'prompt with what looks like a placeholder',
    { outputModality: 'audio', prompt: 'CUSTOM {{ user_first_name }} PROMPT' },
    'gpt-realtime-1.5',
    session({ instructions: 'CUSTOM {{ user_first_name }} PROMPT' }),
  ],
  [
    'text output',
    { outputModality: 'text', prompt: '' },
    'gpt-realtime-1.5',
    session({ output_modalities: ['text'] }),
  ],
  [
    'a voice',
    { outputModality: 'audio', prompt: '', voice: 'cedar' },
    'gpt-realtime-1.5',
    session({
      audio: {
        ...(session({})['audio'] as Fields),
        output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'cedar' },
      },
    }),
  ],
  [
    'transport and voice null',
    { outputModality: 'audio', prompt: '', transport: null, voice: null },
    'gpt-realtime-1.5',
    session({}),
  ],
  [
    'a model and no context',
    { outputModality: 'audio', prompt: '', model: 'gpt-realtime-x', includeStartupContext: false },
    'gpt-realtime-x',
    session({}),
  ],
];

test.each(starts)('start with %s: address, first frame', async (_what, params, model, first) => {
  await using bench = await startTestEngine();
  const { server } = await startVoice(bench, params);
  const { tools, ...rest } = (server.frames[0]?.['session'] ?? {}) as Fields;

  expect(server.url).toBe(`/v1/realtime?model=${model}`);
  expect(rest).toEqual(first);
  const shapes = (tools as readonly Fields[]).map(({ type, name, parameters }) => ({
    type,
    name,
    parameters: withoutDescriptions(parameters as Fields),
  }));
  expect(shapes).toEqual([
    {
      type: 'function',
      name: 'background_agent',
      parameters: {
        type: 'object',
        properties: { prompt: { type: 'string' } },
        required: ['prompt'],
        additionalProperties: false,
      },
    },
    {
      type: 'function',
      name: 'remain_silent',
      parameters: { type: 'object', properties: {}, additionalProperties: false },
    },
  ]);
});

function withoutDescriptions(parameters: Fields): Fields {
  const properties = Object.entries(parameters['properties'] as Readonly<Record<string, Fields>>);
  return {
    ...parameters,
    properties: Object.fromEntries(
      properties.map(([name, { description: _ours, ...shape }]) => [name, shape]),
    ),
  };
}

test.each([
  [
    'seed',
    (id: string) => [
      ['started', { sessionId: id, version: 'v2' }],
      ['closed', { reason: 'requested' }],
    ],
  ],
  [
    'newest',
    (id: string) => {
      const item = (type: string, more = {}): Fields => ({
        item: { id: expect.any(String), realtimeSessionId: id, type, ...more },
      });
      return [
        ['item/started', item('realtimeSessionStarted')],
        ['item/completed', item('realtimeSessionStarted')],
        ['started', { realtimeSessionId: id, version: 'v2' }],
        ['item/started', item('realtimeSessionClosed', { outcome: 'ended' })],
        ['item/completed', item('realtimeSessionClosed', { outcome: 'ended' })],
        ['closed', { reason: 'requested' }],
      ];
    },
  ],
] as const)('a session from start to stop is told as by the %s', async (version, expected) => {
  await using bench = await startTestEngine();
  const { probe, threadId } = await startVoice(bench, { outputModality: 'audio', prompt: '' });
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');

  expect(asPeer(probe.messages, version)).toEqual(expected(threadId));
});

const userItem = (text: string): Fields => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});

/** Recorded words: what the client gave, the item that went out. */
const words: readonly (readonly [given: Fields, item: Fields])[] = [
  [{ text: 'hello there' }, userItem('[USER] hello there')],
  [{ text: '[USER] hello there' }, userItem('[USER] hello there')],
  [{ text: '' }, userItem('')],
  [{ text: ' \n ' }, userItem('[USER]  \n ')],
  [{ text: 'as user', role: 'user' }, userItem('[USER] as user')],
  [
    { text: 'as developer', role: 'developer' },
    { ...userItem('as developer'), role: 'developer' },
  ],
  [
    { text: 'as assistant', role: 'assistant' },
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'as assistant' }],
    },
  ],
  [{ text: 'x'.repeat(200_000) }, userItem(`[USER] ${'x'.repeat(200_000)}`)],
  ...Array.from({ length: 50 }, (_, n) => [{ text: `b${n}` }, userItem(`[USER] b${n}`)] as const),
];

test('words go out as the same items in the same order, and ask for no response', async () => {
  await using bench = await startTestEngine();
  const voice = await startVoice(bench);
  const { probe, threadId, server } = voice;
  for (const [given] of words) {
    expect(await probe.ask('thread/realtime/appendText', { threadId, ...given })).toMatchObject({
      result: {},
    });
  }
  await outFence(voice);

  expect(server.frames.slice(1, -1)).toEqual(
    words.map(([, item]) => ({ type: 'conversation.item.create', item })),
  );
});

test.each([
  ['thread/realtime/appendText', {}, 'text'],
  ['thread/realtime/appendText', { text: 'x', role: 'system' }, 'role'],
  ['thread/realtime/appendAudio', { audio: { data: 'AAAA', numChannels: 1 } }, 'sampleRate'],
  ['thread/realtime/start', {}, 'outputModality'],
  ['thread/realtime/start', { outputModality: 'video' }, 'outputModality'],
  ['thread/realtime/start', { outputModality: 'audio', voice: 'nobody' }, 'voice'],
  [
    'thread/realtime/start',
    { outputModality: 'audio', transport: { type: 'carrier' } },
    'transport',
  ],
])('%s with %j is refused with the code of the peer, naming %s', async (method, params, name) => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const { error } = await probe.ask(method, { threadId: await probe.thread(), ...params });

  expect(error?.code).toBe(-32600);
  expect(error?.message).toContain(name);
});

test('sound at 24 kHz goes out one frame a call, as it came', async () => {
  await using bench = await startTestEngine();
  const voice = await startVoice(bench);
  const { probe, threadId, server } = voice;
  const chunks = [
    { data: Buffer.alloc(960, 3).toString('base64'), samplesPerChannel: 480 },
    { data: 'AQEBAQEBAQEBAQ==', samplesPerChannel: null, itemId: null },
    ...Array.from({ length: 50 }, (_, n) => ({ data: Buffer.of(n, 0).toString('base64') })),
  ];
  for (const chunk of chunks) {
    const audio = { sampleRate: 24_000, numChannels: 1, ...chunk };
    await probe.call('thread/realtime/appendAudio', { threadId, audio });
  }
  await outFence(voice);

  expect(server.frames.slice(1, -1)).toEqual(
    chunks.map(({ data }) => ({ type: 'input_audio_buffer.append', audio: data })),
  );
});
