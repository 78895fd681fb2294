import { expect, test } from 'vitest';

import { startTestEngine, startVoice } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const sessionOf = (frame: Fields | undefined): Fields => frame?.['session'] as Fields;
const transcriptionOf = (frame: Fields | undefined): unknown =>
  ((sessionOf(frame)['audio'] as Fields)['input'] as Fields)['transcription'];

test('a provider that understands everything is left to find out the language', async () => {
  await using bench = await startTestEngine();
  const { server } = await startVoice(bench, { outputModality: 'audio', language: 'fr-FR' });

  expect(transcriptionOf(server.frames[0])).not.toHaveProperty('language');
  expect(sessionOf(server.frames[0])).not.toHaveProperty('include');
});

test('a language that is set is told to every provider, whatever the client thinks', async () => {
  await using bench = await startTestEngine({ config: '[realtime]\nlanguage = "de"' });
  const { server } = await startVoice(bench, { outputModality: 'audio', language: 'fr-FR' });

  expect(transcriptionOf(server.frames[0])).toMatchObject({ language: 'de' });
});

test('what is no language is told with its place', async () => {
  await using bench = await startTestEngine({ config: '[realtime]\nlanguage = "French, please"' });
  const probe = await bench.client();
  const { error } = await probe.ask('thread/start', {});

  expect(error).toMatchObject({ message: expect.stringContaining('realtime.language') as string });
});

test('the practice provider is told the language of the client, and asked what can be said', async () => {
  await using bench = await startTestEngine({ modelProvider: 'practice' });
  const { server, probe } = await startVoice(bench, {
    outputModality: 'audio',
    language: 'fr-FR',
  });
  server.send({ type: 'parley.phrases.updated', language: 'fr', phrases: ['Silence'] });
  const told = await probe.notification('thread/realtime/phrases/updated');

  expect(transcriptionOf(server.frames[0])).toMatchObject({ language: 'fr-FR' });
  expect(sessionOf(server.frames[0])).toMatchObject({ include: ['parley.phrases'] });
  expect(told).toMatchObject({ language: 'fr', phrases: ['Silence'] });
});

test('phrases that are none are passed over, and the session goes on', async () => {
  await using bench = await startTestEngine({ modelProvider: 'practice' });
  const { server, probe } = await startVoice(bench);
  server.send({ type: 'parley.phrases.updated', language: 'fr', phrases: 'Silence' });
  server.send({ type: 'parley.phrases.updated', language: 'fr', phrases: ['Chut'] });

  expect(await probe.notification('thread/realtime/phrases/updated')).toMatchObject({
    phrases: ['Chut'],
  });
});

test('before a session it is told what can be said to the practice provider, and that all can be to another', async () => {
  await using practice = await startTestEngine({ modelProvider: 'practice' });
  await using other = await startTestEngine();
  const probe = await practice.client();
  const english = await probe.call('thread/realtime/listPhrases', {});
  const french = await probe.call('thread/realtime/listPhrases', { language: 'fr-CA' });

  expect(english).toMatchObject({ language: 'en' });
  expect(english['phrases']).toContain('Ask the agent to list the primes up to fifty');
  expect(french).toMatchObject({ language: 'fr' });
  expect(french['phrases']).toContain('Quelle heure est-il ?');
  expect(await (await other.client()).call('thread/realtime/listPhrases', {})).toEqual({
    phrases: null,
    language: null,
  });
});

test('the language that is set decides what can be said', async () => {
  await using bench = await startTestEngine({
    modelProvider: 'practice',
    config: '[realtime]\nlanguage = "fr"',
  });
  const probe = await bench.client();

  expect(await probe.call('thread/realtime/listPhrases', { language: 'en-GB' })).toMatchObject({
    language: 'fr',
  });
});
