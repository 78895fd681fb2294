import { expect, test } from 'vitest';

import { concatPcm, decodePcm } from '../../../realtime/audio/index.ts';
import { tone } from '../../../realtime/audio/testing/index.ts';
import { messageAnswer, type UpstreamEvent, type UpstreamStep } from '../../model/testing/index.ts';
import { hears, sounds, startCascade } from '../../testing/index.ts';

const part = (event: UpstreamEvent): UpstreamStep => ({ events: [event] });

test('what is said goes to the ears, their words to the text model, and its sentences to the voice', async () => {
  await using bench = await startCascade({
    ears: [hears(' Good morning. ')],
    mouth: [sounds(200)],
    scripts: [[{ events: messageAnswer('Good morning to you. What is it?') }]],
  });
  const { probe, ears, mouth, engine } = bench;
  await bench.speak();
  await probe.notification('thread/realtime/response/completed');

  expect(probe.all('thread/realtime/transcript/done')).toMatchObject([
    { role: 'user', text: 'Good morning.' },
    { role: 'assistant', text: 'Good morning to you. What is it?' },
  ]);
  const [transcription] = ears.requests;
  expect(transcription).toMatchObject({
    path: '/v1/audio/transcriptions',
    headers: { authorization: 'Bearer sk-ears' },
  });
  expect(transcription?.body).toMatch(/name="model"\r\n\r\nwhisper\r\n/u);
  expect(engine.upstream.requests[0]?.body).toMatchObject({
    model: 'test-model',
    input: [{ role: 'user', content: [{ text: 'Good morning.' }] }],
  });
  expect(
    mouth.requests.map(({ path, headers, body }) => ({ path, key: headers.authorization, body })),
  ).toEqual(
    ['Good morning to you.', 'What is it?'].map((input) => ({
      path: '/v1/audio/speech',
      key: 'Bearer sk-mouth',
      body: { model: 'kokoro', input, response_format: 'pcm', voice: 'alloy' },
    })),
  );
  const heard = probe.all('thread/realtime/outputAudio/delta');
  const samples = concatPcm(heard.map(({ audio }) => decodePcm((audio as { data: string }).data)));
  expect(samples).toEqual(concatPcm([tone(440, 200), tone(440, 200)]));
});

test('words that the ears stream are shown as they are found, and settings go along with the sound', async () => {
  await using bench = await startCascade({
    ears: [
      [
        part({ type: 'transcript.text.delta', delta: 'Good' }),
        { until: 'shown' },
        part({ type: 'transcript.text.delta', delta: ' mourning.' }),
        part({ type: 'transcript.text.done', text: 'Good morning.' }),
        { stall: true },
      ],
    ],
    scripts: [[{ events: messageAnswer('Hello.') }]],
    earsSettings: 'language = "en"\nprompt = "Parley"',
  });
  const { probe, ears, engine } = bench;
  await bench.speak();
  expect(await probe.notification('thread/realtime/transcript/delta')).toMatchObject({
    role: 'user',
    delta: 'Good',
  });
  ears.open('shown');
  await probe.notification('thread/realtime/response/completed');

  expect(probe.all('thread/realtime/transcript/done')[0]).toMatchObject({ text: 'Good morning.' });
  const { body } = await ears.request(1);
  for (const [name, value] of [
    ['language', 'en'],
    ['prompt', 'Parley'],
    ['stream', 'true'],
    ['response_format', 'json'],
  ]) {
    expect(body).toContain(`name="${name}"\r\n\r\n${value}\r\n`);
  }
  expect(JSON.stringify(engine.upstream.requests[0]?.body)).toContain('Good morning.');
});
