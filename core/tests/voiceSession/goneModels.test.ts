import { expect, test } from 'vitest';

import { startTestEngine, startVoice, type TestEngine } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const VOICE_ENDS =
  /gpt-realtime end(?:s|ed) on 20 January 2027.*; set experimental_realtime_ws_model to "gpt-realtime-2\.1"\.$/u;
const WORDS_END =
  /gpt-4o-mini-transcribe end(?:s|ed) on 26 February 2027.*; set realtime\.transcription_model to "gpt-transcribe"\.$/u;

const missing = (model: string): string =>
  `The model \`${model}\` does not exist or you do not have access to it.`;

async function start(): Promise<TestEngine> {
  return startTestEngine({
    modelProvider: 'openai',
    env: { OPENAI_API_KEY: 'sk-test' },
    config: `openai_base_url = "http://127.0.0.1:9/v1"
experimental_realtime_ws_model = "gpt-realtime"
[realtime]
transcription_model = "gpt-4o-mini-transcribe"`,
  });
}

test.for<readonly [what: string, error: Fields, ends: RegExp]>([
  ['the model that talks, by its code', { code: 'model_not_found', message: '' }, VOICE_ENDS],
  ['the model that talks, by its name', { message: missing('gpt-realtime') }, VOICE_ENDS],
  ['no model by name', { message: 'This model has been deprecated.' }, VOICE_ENDS],
  ['the model that writes down', { message: missing('gpt-4o-mini-transcribe') }, WORDS_END],
  ['something else', { message: 'gpt-realtime is busy.' }, /^gpt-realtime is busy\.$/u],
])('an error about %s says what is known of its end', async ([, error, ends]) => {
  await using bench = await start();
  const { probe, server } = await startVoice(bench);
  server.send({ type: 'error', error: { type: 'invalid_request_error', ...error } });
  const { message } = await probe.notification('thread/realtime/warning');

  expect(message).toMatch(ends);
});

test('a start that is refused because the model that talks is gone says so', async () => {
  await using bench = await start();
  const body = JSON.stringify({
    error: { code: 'model_not_found', message: missing('gpt-realtime') },
  });
  bench.realtime.refuseNext(404, body);
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });

  expect(await probe.notification('thread/realtime/error')).toMatchObject({
    message: expect.stringMatching(VOICE_ENDS) as string,
    fatal: true,
  });
});

test('words that could not be written down because their model is gone say so', async () => {
  await using bench = await start();
  const { probe, server } = await startVoice(bench);
  server.send({
    type: 'conversation.item.input_audio_transcription.failed',
    item_id: 'u1',
    content_index: 0,
    error: { type: 'server_error', message: missing('gpt-4o-mini-transcribe') },
  });

  expect(await probe.notification('thread/realtime/transcript/failed')).toMatchObject({
    message: expect.stringMatching(WORDS_END) as string,
  });
});

test('a model whose end nobody knows is told in the provider’s words alone', async () => {
  await using bench = await startTestEngine();
  const { probe, server } = await startVoice(bench);
  server.send({ type: 'error', error: { message: missing('gpt-realtime-1.5') } });

  expect(await probe.notification('thread/realtime/warning')).toMatchObject({
    message: missing('gpt-realtime-1.5'),
  });
});
