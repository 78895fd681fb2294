import { describe, expect, test } from 'vitest';

import { decodePcm, parseWav, writeWav } from '../../../realtime/audio/index.ts';
import { tone } from '../../../realtime/audio/testing/index.ts';
import type { TalkOptions } from './index.ts';
import { INPUT_MS, question, THREAD_ID, TalkRun } from './testing/index.ts';

describe('bad input is refused before the engine is asked for anything:', () => {
  test.for<{ name: string; options: Partial<TalkOptions>; bytes?: Uint8Array; says: string }>([
    { name: 'a missing file', options: { inputPath: 'no.wav' }, says: 'There is no file no.wav.' },
    {
      name: 'a file that is not WAV',
      options: {},
      bytes: Buffer.from('hello'),
      says: 'in.wav: This is not a WAV file.',
    },
    {
      name: 'a WAV file at an impossible rate',
      options: {},
      bytes: writeWav({ sampleRateHz: 4_000, channels: 1, samples: Int16Array.of(1) }),
      says: 'in.wav: 4000 Hz cannot be used',
    },
    {
      name: 'a WAV file with too many channels',
      options: {},
      bytes: writeWav({ sampleRateHz: 8_000, channels: 9, samples: new Int16Array(9) }),
      says: 'in.wav: 9 channels are too many',
    },
    {
      name: 'an output folder that does not exist',
      options: { outputPath: 'no/out.wav' },
      says: 'The folder for no/out.wav does not exist.',
    },
    {
      name: 'the input as output',
      options: { outputPath: 'in.wav' },
      says: 'in.wav cannot be both',
    },
    {
      name: 'an output for a text answer',
      options: { outputPath: 'out.wav', text: true },
      says: 'leave out -o or --text',
    },
  ])('$name', async ({ options, bytes, says }) => {
    const talk = new TalkRun(options, ({ files }) => {
      if (bytes !== undefined) files.contents.set('in.wav', bytes);
    });

    expect(await talk.exitCode).toBe(2);
    expect(talk.engine.requests).toEqual([]);
    expect(talk.stdout).toBe('');
    expect(talk.stderr).toMatch(/^parley talk: .*\n$/u);
    expect(talk.stderr).toContain(says);
  });
});

test('a whole exchange prints both sides and keeps the sound in the order it came', async () => {
  const talk = await TalkRun.open({ outputPath: 'out.wav', prompt: 'Be kind.' });
  await talk.speak();
  talk.begin();
  talk.answer(Int16Array.of(1, 2));
  talk.answer(Int16Array.of(3));
  talk.says('assistant', 'I hear you.');
  talk.complete();
  talk.says('user', 'Hello there');
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
  expect(talk.stdout).toBe('Parley: I hear you.\nYou: Hello there\n');
  expect(talk.stderr).toBe('');
  expect(parseWav(talk.files.contents.get('out.wav') ?? new Uint8Array(0))).toEqual({
    sampleRateHz: 24_000,
    channels: 1,
    samples: Int16Array.of(1, 2, 3),
  });
  expect(talk.files.closed).toEqual(['out.wav']);
  expect(talk.engine.asked('initialize')).toEqual([
    {
      clientInfo: { name: 'parley-talk', title: 'Parley talk', version: '1.2.3' },
      capabilities: { experimentalApi: true, extensions: { parley: {} } },
    },
  ]);
  expect(talk.engine.asked('thread/start')).toEqual([{ cwd: '/work' }]);
  expect(talk.engine.asked('thread/realtime/start')).toEqual([
    {
      threadId: THREAD_ID,
      outputModality: 'audio',
      transport: { type: 'websocket' },
      interruption: 'on',
      prompt: 'Be kind.',
    },
  ]);
  expect(talk.engine.methods.at(-1)).toBe('thread/realtime/stop');
});

test('dictation is over when all words are there, though nobody answers', async () => {
  const talk = new TalkRun();
  await talk.engine.requested('thread/realtime/start');
  const names = { sessionId: 's1', realtimeSessionId: 's1', version: 'v2' };
  talk.notify('thread/realtime/started', { ...names, sessionType: 'transcription' });
  await talk.speak();
  talk.says('user', 'Dear Ann,');
  await talk.speak();
  await talk.pass(5_000);
  talk.notify('thread/realtime/transcript/failed', { itemId: 'i2', message: 'too noisy' });
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
  expect(talk.stdout).toBe('You: Dear Ann,\nYou: (not transcribed: too noisy)\n');
});

test('with --json every line of stdout is one event, and the last one tells how it ended', async () => {
  const talk = await TalkRun.open({ json: true, text: true });
  await talk.speak();
  talk.begin();
  talk.says('assistant', 'Yes.');
  talk.complete();
  await talk.pass(1_000);

  await talk.exitCode;
  expect(talk.events()).toEqual([
    {
      type: 'started',
      threadId: THREAD_ID,
      sessionId: 's1',
      model: 'practice-voice',
      modelProvider: 'practice',
    },
    { type: 'speech', state: 'started', ms: 0 },
    { type: 'speech', state: 'stopped', ms: 900 },
    { type: 'response', id: 'r1', status: 'started' },
    { type: 'transcript', role: 'assistant', text: 'Yes.' },
    { type: 'response', id: 'r1', status: 'completed' },
    { type: 'done', exitCode: 0, audioMs: 0, output: null, error: null },
  ]);
});

test('the file is spoken in real time, then silence until the answer is there', async () => {
  const talk = await TalkRun.open();
  await talk.pass(100);
  expect(talk.engine.asked('thread/realtime/appendAudio')).toHaveLength(2);

  await talk.pass(INPUT_MS);
  const chunks = talk.engine.asked('thread/realtime/appendAudio');
  expect(chunks).toHaveLength(12);
  expect(chunks[0]?.audio).toMatchObject({
    sampleRate: 24_000,
    numChannels: 1,
    samplesPerChannel: 960,
  });
  const sent = chunks.flatMap(({ audio }) => Array.from(decodePcm(audio.data)));
  expect(sent.slice(0, 9_600)).toEqual(Array.from(tone(440, INPUT_MS)));
  expect(sent.slice(9_600)).toEqual(Array.from({ length: 1_920 }, () => 0));
  talk.abort.abort();
  await talk.exitCode;
});

test('an error the session survives is a warning', async () => {
  const talk = await TalkRun.open();
  await talk.speak();
  talk.notify('thread/realtime/warning', { message: 'nothing to cancel' });
  talk.begin();
  talk.complete();
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
  expect(talk.stderr).toBe('parley talk: nothing to cancel\n');
});

test('what other threads do is none of its business', async () => {
  const talk = await TalkRun.open();
  talk.notify('thread/realtime/closed', { threadId: 'another', reason: 'error' });
  await talk.speak();
  talk.begin();
  talk.complete();
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
});

test('an answer that more speech cut off is no answer; the next one is', async () => {
  const talk = await TalkRun.open();
  await talk.speak();
  talk.begin();
  talk.notify('thread/realtime/transcript/delta', { role: 'assistant', delta: 'I was' });
  await talk.speak();
  talk.complete('r1', 'cancelled');
  await talk.pass(5_000);
  talk.begin('r2');
  talk.says('assistant', 'Better.');
  talk.complete('r2');
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
  expect(talk.stdout).toBe('Parley: I was (cut off)\nParley: Better.\n');
});

test.for([
  { name: 'failed', words: '(not transcribed: too noisy)' },
  { name: 'empty', words: '(no words recognised)' },
])('a transcription that is $name is said to be so', async ({ name, words }) => {
  const talk = await TalkRun.open();
  await talk.speak();
  if (name === 'empty') talk.says('user', '');
  else talk.notify('thread/realtime/transcript/failed', { itemId: 'i1', message: 'too noisy' });
  talk.begin();
  talk.complete();
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
  expect(talk.stdout).toBe(`You: ${words}\n`);
});

test('what can be said is told where something else was said, and not again before it changes', async () => {
  const talk = await TalkRun.open();
  talk.notify('thread/realtime/phrases/updated', { language: 'en', phrases: ['Help', 'Be quiet'] });
  await talk.speak();
  talk.says('user', '');
  talk.says('user', '');
  talk.notify('thread/realtime/phrases/updated', { language: 'en', phrases: ['Yes', 'No'] });
  talk.says('user', '');
  talk.begin();
  talk.complete();
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
  expect(talk.stdout).toBe(
    'You: (no words recognised)\nYou can say: “Help”, “Be quiet”\n' +
      'You: (no words recognised)\n' +
      'You: (no words recognised)\nYou can say: “Yes”, “No”\n',
  );
});

describe('the answer file', () => {
  test('is not touched when no sound came', async () => {
    const talk = await TalkRun.open({ outputPath: 'out.wav' });
    await talk.pass(INPUT_MS + 5_000);

    await talk.exitCode;
    expect(talk.files.contents.has('out.wav')).toBe(false);
  });

  test('is 24 kHz even when the answer came at another rate', async () => {
    const talk = await TalkRun.open({ outputPath: 'out.wav', json: true });
    await talk.speak();
    talk.begin();
    talk.answer(tone(440, 100, 0.5, 48_000), 48_000);
    talk.complete();
    await talk.pass(1_000);

    await talk.exitCode;
    expect(parseWav(talk.files.contents.get('out.wav') ?? question).sampleRateHz).toBe(24_000);
    // The filter's look-ahead, a good millisecond, stays inside.
    expect(talk.events().at(-1)).toMatchObject({ output: 'out.wav', audioMs: 98 });
  });

  test('that cannot be written fails the talk', async () => {
    const talk = await TalkRun.open({ outputPath: 'out.wav' }, ({ files }) => {
      files.writeProblem = 'disk full';
    });
    await talk.speak();
    talk.begin();
    talk.answer(Int16Array.of(1));

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe('parley talk: The answer could not be written: disk full.\n');
  });

  test('does without a part that is damaged, and says so', async () => {
    const talk = await TalkRun.open({ outputPath: 'out.wav' });
    await talk.speak();
    talk.begin();
    talk.notify('thread/realtime/outputAudio/delta', {
      audio: {
        data: '!',
        sampleRate: 24_000,
        numChannels: 1,
        samplesPerChannel: null,
        itemId: null,
      },
    });
    talk.answer(Int16Array.of(5));
    talk.complete();
    await talk.pass(1_000);

    expect(await talk.exitCode).toBe(0);
    expect(talk.stderr).toContain('A part of the answer was lost: Audio data is not valid base64');
  });
});

describe('progress', () => {
  test('is drawn on a terminal, and never on stdout', async () => {
    const talk = await TalkRun.open({}, undefined, true);
    await talk.pass(200);
    talk.abort.abort();

    await talk.exitCode;
    expect(talk.stderr).toContain('Speaking  0.0 s  [');
    expect(talk.stderr.endsWith('\r\u001B[K')).toBe(true);
    expect(talk.stdout).toBe('');
  });
});
