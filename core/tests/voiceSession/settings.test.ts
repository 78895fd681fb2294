import { expect, test } from 'vitest';

import { OFFER_SDP, partsOf, startTestEngine, startVoice } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** OpenAI at an address where nobody is. */
const NOWHERE = 'openai_base_url = "http://127.0.0.1:9/v1"\n';

const inputOf = (session: unknown): Fields =>
  ((session as Fields)['audio'] as Fields)['input'] as Fields;
const outputOf = (session: unknown): Fields =>
  ((session as Fields)['audio'] as Fields)['output'] as Fields;

test.for([
  ['a conversation', ''],
  ['dictation', 'type = "transcription"\n'],
])('the model that writes words down in %s is the one that is set', async ([, type]) => {
  await using bench = await startTestEngine({
    config: `[realtime]\n${type}transcription_model = " whisper-large "`,
  });
  const { server } = await startVoice(bench, { outputModality: 'audio' });

  expect(inputOf(server.frames[0]?.['session'])['transcription']).toEqual({
    model: 'whisper-large',
  });
});

test('what writes words down in dictation is told as its model', async () => {
  await using bench = await startTestEngine({
    config: '[realtime]\ntype = "transcription"\ntranscription_model = "whisper-large"',
  });
  const { probe } = await startVoice(bench);

  expect(await probe.notification('thread/realtime/started')).toMatchObject({
    model: 'whisper-large',
  });
});

test('an empty transcription model leaves the choice to the server, on a socket and in a call', async () => {
  await using bench = await startTestEngine({ config: '[realtime]\ntranscription_model = ""' });
  const { server } = await startVoice(bench, {
    outputModality: 'audio',
    transport: { type: 'webrtc', sdp: OFFER_SDP },
  });
  const [, session] = partsOf(await bench.realtime.calls.offer());

  expect(inputOf(JSON.parse(session?.[2] ?? ''))['transcription']).toEqual({});
  expect(inputOf(server.frames[0]?.['session'])['transcription']).toEqual({});
});

test('a transcription model of one conversation is asked for in that one', async () => {
  await using bench = await startTestEngine({
    config: '[realtime]\ntranscription_model = "whisper-large"',
  });
  const probe = await bench.client();
  const { thread } = await probe.call('thread/start', {
    config: { 'realtime.transcription_model': 'whisper-small' },
  });
  await probe.call('thread/realtime/start', {
    threadId: String((thread as Fields)['id']),
    outputModality: 'audio',
  });
  const server = await bench.realtime.session(1);
  const frame = await server.frame('session.update');

  expect(inputOf(frame['session'])['transcription']).toEqual({ model: 'whisper-small' });
});

test('the pace of the voice is told where it is set, and is otherwise its own', async () => {
  await using set = await startTestEngine({ config: '[realtime]\nspeed = 1.25' });
  const { server: quick } = await startVoice(set);
  await using unset = await startTestEngine();
  const { server: plain } = await startVoice(unset);

  expect(outputOf(quick.frames[0]?.['session'])).toMatchObject({ speed: 1.25 });
  expect(outputOf(plain.frames[0]?.['session'])).not.toHaveProperty('speed');
});

test('a pace no server takes is told with its place', async () => {
  await using bench = await startTestEngine({ config: '[realtime]\nspeed = 3' });
  const probe = await bench.client();
  const { error } = await probe.ask('thread/start', {});

  expect(error).toMatchObject({ message: expect.stringContaining('realtime.speed') as string });
});

test('an empty voice leaves it to the server who talks', async () => {
  await using bench = await startTestEngine({ config: '[realtime]\nvoice = ""' });
  const { server } = await startVoice(bench);

  expect(outputOf(server.frames[0]?.['session'])).not.toHaveProperty('voice');
});

test('a server of one’s own is asked for any voice by its name, and OpenAI for none it lacks', async () => {
  const config = `${NOWHERE}[realtime]\nvoice = "af_heart"`;
  await using own = await startTestEngine({ config });
  const { server } = await startVoice(own);
  await using openai = await startTestEngine({ config, modelProvider: 'openai' });
  const probe = await openai.client();
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });

  expect(outputOf(server.frames[0]?.['session'])).toMatchObject({ voice: 'af_heart' });
  expect(await probe.notification('thread/realtime/error')).toMatchObject({
    message: expect.stringMatching(/^Voice af_heart does not exist.*marin, cedar$/u) as string,
    fatal: true,
  });
});

test.for(['cove', 'slt'] as const)(
  '%s, which is of another family, is refused by OpenAI',
  async (voice) => {
    await using bench = await startTestEngine({ config: NOWHERE, modelProvider: 'openai' });
    const probe = await bench.client();
    const threadId = await probe.thread();
    await probe.call('thread/realtime/start', { threadId, outputModality: 'audio', voice });

    expect(await probe.notification('thread/realtime/error')).toMatchObject({ fatal: true });
    expect(bench.realtime.upgrades).toBe(0);
  },
);
