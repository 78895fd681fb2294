import { expect, test } from 'vitest';

import { concatPcm, encodePcm, silence } from '../../../realtime/audio/index.ts';
import { tone } from '../../../realtime/audio/testing/index.ts';
import { alwaysHears, startTestServer } from '../../../realtime/server/testing/index.ts';
import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import {
  delegation,
  inFence,
  loose,
  OFFER_SDP,
  outFence,
  partsOf,
  startTestEngine,
  startVoice,
  talk,
  typedTurn,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const config = '[realtime]\ntype = "transcription"';
const dictation = {
  type: 'transcription',
  audio: {
    input: {
      format: { type: 'audio/pcm', rate: 24_000 },
      transcription: { model: 'gpt-transcribe' },
    },
  },
};
const said = (itemId: string, transcript: string): Fields & { readonly type: string } => ({
  type: 'conversation.item.input_audio_transcription.completed',
  item_id: itemId,
  transcript,
});

test('dictation is asked for by its intent, and its session has the sound of the user alone', async () => {
  await using bench = await startTestEngine({ config });
  const { probe, server } = await startVoice(bench, {
    outputModality: 'audio',
    prompt: 'Be kind.',
    voice: 'ash',
  });

  expect(server.url).toBe('/v1/realtime?intent=transcription');
  expect(server.frames).toEqual([{ type: 'session.update', session: dictation }]);
  expect(probe.all('thread/realtime/started')).toMatchObject([
    { version: 'v2', sessionType: 'transcription', model: 'gpt-transcribe' },
  ]);
});

test('what is said in dictation becomes lines of the thread, and nothing is answered', async () => {
  await using bench = await startTestEngine({ config });
  const voice = await startVoice(bench);
  const { probe, threadId, server } = voice;
  await probe.call('thread/realtime/appendAudio', {
    threadId,
    audio: { data: 'AAAAAAAA', sampleRate: 24_000, numChannels: 1 },
  });
  server.send(
    { type: 'session.updated', session: { id: 's', type: 'transcription' } },
    { type: 'input_audio_buffer.speech_started', item_id: 'u1' },
    {
      type: 'conversation.item.input_audio_transcription.delta',
      item_id: 'u1',
      delta: 'Dear ',
    },
    said('u1', 'Dear Ann,'),
    // No such session has tools; a server that has them all the same is told so, and no more.
    delegation('call_1', 'work'),
  );
  await inFence(voice);
  await outFence(voice);
  const { data } = await probe.call('thread/timeline/list', { threadId });

  expect(probe.all('thread/realtime/transcript/done')).toMatchObject([
    { role: 'user', text: 'Dear Ann,', itemId: 'u1' },
  ]);
  expect(JSON.stringify(data)).toContain('"text":"Dear Ann,"');
  expect(server.frames.slice(1, -1)).toEqual([
    { type: 'input_audio_buffer.append', audio: 'AAAAAAAA' },
    {
      type: 'conversation.item.create',
      item: {
        type: 'function_call_output',
        call_id: 'call_1',
        output: 'There is no tool named background_agent.',
      },
    },
  ]);
  expect(probe.order).not.toContain('turn/started');
});

test('a typed turn beside dictation is brought to nobody, and the agent hears of no voice', async () => {
  await using bench = await startTestEngine({
    config,
    scripts: [[{ until: 'go' }, { events: messageAnswer('Hello') }]],
  });
  const voice = await startVoice(bench);
  const { probe, threadId, server } = voice;
  server.send(said('u1', 'Dear Ann,'));
  await inFence(voice);

  expect(await typedTurn(bench, probe, threadId)).toBe('completed');
  await outFence(voice);
  expect(server.frames.slice(1, -1)).toEqual([]);
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');
  expect(await typedTurn(bench, probe, threadId)).toBe('completed');
  expect(JSON.stringify(bench.upstream.requests)).not.toMatch(
    /realtime_conversation|voice_transcript/u,
  );
});

test.for<readonly [what: string, method: 'appendText' | 'appendSpeech', params: Fields]>([
  ['an answer to typed words', 'appendText', { text: 'And?', respond: true }],
  ['speech', 'appendSpeech', { text: 'Lunch is ready.' }],
])('%s is refused in words in dictation', async ([, method, params]) => {
  await using bench = await startTestEngine({ config });
  const voice = await startVoice(bench);
  const { probe, threadId, server } = voice;
  const { error } = await probe.ask(`thread/realtime/${method}`, { threadId, ...params });
  await outFence(voice);

  expect(error).toMatchObject({
    code: -32600,
    message: expect.stringContaining('only writes down what is said') as string,
  });
  expect(server.frames.slice(1, -1)).toEqual([]);
});

test('typed words, changes and interruptions leave dictation what it is', async () => {
  await using bench = await startTestEngine({ config });
  const voice = await startVoice(bench);
  const { probe, threadId, server } = voice;
  await probe.call('thread/realtime/appendText', { threadId, text: 'comma', clientItemId: 'c1' });
  await probe.call('thread/realtime/update', { threadId, quiet: true, interruption: 'off' });
  await probe.call('thread/realtime/interrupt', { threadId });
  await outFence(voice);
  await inFence(voice);

  expect(server.frames.slice(1, -1)).toMatchObject([
    { type: 'conversation.item.create', item: { id: 'c1', role: 'user' } },
  ]);
  expect(probe.all('thread/realtime/session/updated').at(-1)).toMatchObject({ quiet: true });
});

test('dictation goes on as dictation after a drop', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ config, clock });
  const { probe, threadId, server } = await startVoice(bench, {
    outputModality: 'audio',
    reconnect: true,
  });
  server.cut();
  await probe.notification('thread/realtime/stage', 1, ({ stage }) => stage === 'reconnecting');
  clock.advance(150);
  const again = await bench.realtime.session(2);
  await again.frame('session.update');
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');

  expect(again.url).toBe(server.url);
  expect(again.frames).toEqual(server.frames);
  expect(loose(probe)).toEqual([]);
});

test('a call of dictation is made with its session, which names no other model', async () => {
  await using bench = await startTestEngine({ config });
  const { server } = await startVoice(bench, {
    outputModality: 'audio',
    transport: { type: 'webrtc', sdp: OFFER_SDP },
  });
  const [, session] = partsOf(await bench.realtime.calls.offer());

  expect(JSON.parse(session?.[2] ?? '')).toEqual(dictation);
  expect(server.frames).toEqual([{ type: 'session.update', session: dictation }]);
});

test('the built-in server writes down what is said to it', async () => {
  await using realtime = await startTestServer({ transcriber: alwaysHears('Dear Ann,') });
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const { thread } = await probe.call('thread/start', {
    config: {
      'realtime.type': 'transcription',
      experimental_realtime_ws_base_url: realtime.url.href,
    },
  });
  const threadId = String((thread as Fields)['id']);
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
  await probe.notification('thread/realtime/session/updated');
  const turn = concatPcm([silence(400), tone(500, 800), silence(800)]);
  await probe.call('thread/realtime/appendAudio', {
    threadId,
    audio: { data: encodePcm(turn), sampleRate: 24_000, numChannels: 1 },
  });
  const done = await probe.notification('thread/realtime/transcript/done');
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');

  expect(done).toMatchObject({ role: 'user', text: 'Dear Ann,' });
  expect(probe.order).not.toContain('thread/realtime/response/started');
  expect(probe.all('thread/realtime/warning')).toEqual([]);
});

test.for(['v1', 'v3'])('%s in the configuration is refused as in a request', async (version) => {
  await using bench = await startTestEngine({ config: `[realtime]\nversion = "${version}"` });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
  const { message, fatal } = await probe.notification('thread/realtime/error');
  await talk(bench, probe, threadId, { outputModality: 'audio', version: 'v2' });

  expect({ message, fatal }).toEqual({
    message: `Parley speaks realtime v2 only; ${version} is set as realtime.version`,
    fatal: true,
  });
  expect(bench.realtime.upgrades).toBe(1);
});
