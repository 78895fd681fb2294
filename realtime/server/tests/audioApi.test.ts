import OpenAI, { APIError, toFile } from 'openai';
import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../../core/base/testing/index.ts';
import {
  concatPcm,
  measureLevel,
  parseWav,
  type SpeechVoice,
  writeWav,
} from '../../audio/index.ts';
import { createToneVoice, tone } from '../../audio/testing/index.ts';
import type { RealtimeServerOptions, Transcriber } from '../index.ts';
import {
  alwaysHears,
  HandTranscriber,
  startTestServer,
  type TestServer,
} from '../testing/index.ts';

type Started = AsyncDisposable & { readonly server: TestServer; readonly client: OpenAI };

/** The server, and OpenAI's own client in front of it. */
async function start(options: Partial<RealtimeServerOptions> = {}): Promise<Started> {
  const server = await startTestServer(options);
  const client = new OpenAI({ baseURL: server.url.href, apiKey: 'any', maxRetries: 0 });
  return { server, client, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** One second of stereo at 16 kHz, as a phone would record it. */
const recording = writeWav({
  sampleRateHz: 16_000,
  channels: 2,
  samples: tone(300, 1000, 0.5, 32_000),
});
const file = await toFile(recording, 'speech.wav');
const model = 'whisper-1';

type Refusal = { readonly status: number; readonly code: unknown; readonly message: string };

async function refusal(request: Promise<unknown>): Promise<Refusal> {
  try {
    await request;
  } catch (error) {
    if (error instanceof APIError) {
      return { status: Number(error.status), code: error.code, message: error.message };
    }
    throw error;
  }
  throw new Error('It was not refused');
}

function formOf(parts: readonly (readonly [name: string, value: string | Blob])[]): FormData {
  const form = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, 'speech.wav');
  }
  return form;
}

async function post(
  server: TestServer,
  path: string,
  body: FormData | string,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly error: object | undefined }> {
  const response = await fetch(`${server.url.href}/audio/${path}`, {
    method: 'POST',
    body,
    headers,
  });
  const text = await response.text();
  if (response.ok) return { status: response.status, error: undefined };
  return { status: response.status, error: (JSON.parse(text) as { error: object }).error };
}

const wavBlob = new Blob([new Uint8Array(recording)]);
const withModel = [
  ['model', model],
  ['file', wavBlob],
] as const;

describe('the transcription of a file', () => {
  test('gives the recogniser the sound as sessions have it, and what the client said of it', async () => {
    const transcriber = new HandTranscriber();
    await using started = await start({ transcriber });
    const asked = started.client.audio.transcriptions.create({
      file,
      model,
      language: 'fr',
      prompt: 'chiffres',
    });
    const turn = await transcriber.turn(0);
    await turn.whenEnded();
    turn.hears('compte jusqu’à dix');

    expect(await asked).toEqual({
      text: 'compte jusqu’à dix',
      usage: { type: 'duration', seconds: 1 },
    });
    expect(turn.asked).toMatchObject({
      model,
      language: 'fr',
      prompt: 'chiffres',
      context: { items: [], language: 'fr' },
    });
    expect(turn.sampleCount).toBe(24_000);
  });

  test('is given as text, and with the times of its words', async () => {
    const transcriber: Transcriber = {
      begin: () => ({
        push: () => undefined,
        cancel: () => undefined,
        end: async () => ({
          text: 'count now',
          words: [
            { text: 'count', startMs: 120, endMs: 430 },
            { text: 'now', startMs: 430, endMs: 900 },
          ],
        }),
      }),
    };
    await using started = await start({ transcriber });
    const { transcriptions } = started.client.audio;

    expect(await transcriptions.create({ file, model, response_format: 'text' })).toBe(
      'count now\n',
    );
    expect(
      await transcriptions.create({
        file,
        model,
        response_format: 'verbose_json',
        timestamp_granularities: ['word'],
      }),
    ).toEqual({
      task: 'transcribe',
      language: 'en',
      duration: 1,
      text: 'count now',
      usage: { type: 'duration', seconds: 1 },
      words: [
        { word: 'count', start: 0.12, end: 0.43 },
        { word: 'now', start: 0.43, end: 0.9 },
      ],
    });
    expect(
      await transcriptions.create({ file, model, response_format: 'verbose_json' }),
    ).toMatchObject({ segments: [{ id: 0, start: 0.12, end: 0.9, text: 'count now' }] });
  });

  test('streams the words as they are recognised, and all of them at the end', async () => {
    const transcriber = new HandTranscriber();
    await using started = await start({ transcriber });
    const asked = started.client.audio.transcriptions.create({ file, model, stream: true });
    const turn = await transcriber.turn(0);
    turn.asked.onDelta?.('count ');
    const events = (await asked)[Symbol.asyncIterator]();
    const first = await events.next();
    turn.asked.onDelta?.('to ');
    turn.hears('count to ten');
    const rest: unknown[] = [];
    for (let next = await events.next(); next.done !== true; next = await events.next()) {
      rest.push(next.value);
    }

    expect(first.value).toEqual({ type: 'transcript.text.delta', delta: 'count ' });
    expect(rest).toEqual([
      { type: 'transcript.text.delta', delta: 'to ' },
      { type: 'transcript.text.delta', delta: 'ten' },
      { type: 'transcript.text.done', text: 'count to ten' },
    ]);
  });

  test('says with an empty text what the recogniser does not understand', async () => {
    const limits = 'Only the phrases of the practice provider are understood.';
    await using started = await start({ transcriber: { ...alwaysHears(''), limits } });

    expect(await started.client.audio.transcriptions.create({ file, model })).toMatchObject({
      text: '',
      note: limits,
    });
  });

  test('is refused where there is no recogniser', async () => {
    await using started = await start();

    expect(
      await refusal(started.client.audio.transcriptions.create({ file, model })),
    ).toMatchObject({ status: 501, code: 'no_recogniser' });
  });

  test.for<[string, RequestInit['body'] & (FormData | string), object]>([
    ['no file', formOf([['model', model]]), { status: 400, param: 'file', words: 'Missing' }],
    [
      'a file that is text',
      formOf([
        ['model', model],
        ['file', 'hello'],
      ]),
      { status: 400, param: 'file', words: 'must be a file' },
    ],
    ['no model', formOf([['file', wavBlob]]), { status: 400, param: 'model', words: 'Missing' }],
    [
      'two files',
      formOf([...withModel, ['file', wavBlob]]),
      { status: 400, param: 'file', words: 'more than one part' },
    ],
    [
      'two models',
      formOf([...withModel, ['model', 'b']]),
      { status: 400, param: 'model', words: 'more than one part' },
    ],
    [
      'subtitles',
      formOf([...withModel, ['response_format', 'srt']]),
      { status: 400, param: 'response_format', words: 'json, text, verbose_json' },
    ],
    [
      'times of sentences',
      formOf([...withModel, ['timestamp_granularities[]', 'sentence']]),
      { status: 400, param: 'timestamp_granularities', words: "'sentence'" },
    ],
    [
      'an MP3 file',
      formOf([
        ['model', model],
        ['file', new Blob(['ID3\u{4}\u{0}rest'])],
      ]),
      { status: 400, param: 'file', words: 'MP3' },
    ],
    [
      'a WAV file that is cut off',
      formOf([
        ['model', model],
        ['file', wavBlob.slice(0, 1000)],
      ]),
      { status: 400, param: 'file', words: 'missing' },
    ],
    [
      'a file of an hour',
      formOf([
        ['model', model],
        [
          'file',
          new Blob([
            new Uint8Array(
              writeWav({
                sampleRateHz: 8_000,
                channels: 1,
                samples: new Int16Array(8_000 * 700),
              }),
            ),
          ]),
        ],
      ]),
      { status: 400, param: 'file', words: '700 seconds' },
    ],
    ['no form', '{"file":1}', { status: 415, param: null, words: 'multipart/form-data' }],
  ])('is refused in words for %s', async ([, body, told]) => {
    const transcriber = new HandTranscriber();
    await using started = await start({ transcriber });
    const { status, error } = await post(started.server, 'transcriptions', body);
    const { status: expected, param, words } = told as Record<string, unknown>;

    expect(status).toBe(expected);
    expect(error).toMatchObject({ param, message: expect.stringContaining(String(words)) });
    expect(transcriber.turns).toEqual([]);
  });

  test.for([
    { headers: { 'content-type': 'multipart/form-data; boundary=x' }, status: 400 },
    { headers: { 'content-type': 'multipart/form-data' }, status: 400 },
  ])('is refused for a broken form: $headers', async ({ headers, status }) => {
    await using started = await start({ transcriber: alwaysHears('x') });

    expect(await post(started.server, 'transcriptions', '--x\r\nbroken', headers)).toMatchObject({
      status,
      error: { code: 'invalid_multipart' },
    });
  });

  test('is refused for more than 25 MB before anybody listens', async () => {
    await using started = await start({ transcriber: alwaysHears('x') });
    const big = await toFile(new Uint8Array(26 * 1024 * 1024), 'big.wav');

    expect(
      await refusal(started.client.audio.transcriptions.create({ file: big, model })),
    ).toMatchObject({ status: 413, message: expect.stringContaining('larger than') });
  });

  test('is for those with the key, and for no page from elsewhere', async () => {
    await using started = await start({ apiKey: 'secret', transcriber: alwaysHears('x') });
    const authorization = 'Bearer secret';
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await post(started.server, 'transcriptions', formOf(withModel), headers)).status;

    expect(await ask({})).toBe(401);
    expect(await ask({ authorization, origin: 'https://evil.example' })).toBe(403);
    expect(await ask({ authorization })).toBe(200);
  });

  test('fails in words where the recogniser fails, also in the middle of a stream', async () => {
    const transcriber = new HandTranscriber();
    await using started = await start({ transcriber });
    const { transcriptions } = started.client.audio;
    const plain = refusal(transcriptions.create({ file, model }));
    (await transcriber.turn(0)).fails('no acoustic model');
    const told = await plain;
    const streamed = transcriptions.create({ file, model, stream: true });
    const turn = await transcriber.turn(1);
    turn.asked.onDelta?.('count ');
    const events = (await streamed)[Symbol.asyncIterator]();
    await events.next();
    turn.fails('no acoustic model');

    expect(told).toMatchObject({ status: 500, message: '500 no acoustic model' });
    await expect(events.next()).rejects.toThrow('no acoustic model');
  });

  test('is given up by the server when no words come, and by the recogniser when nobody waits', async () => {
    const clock = new ManualClock();
    const transcriber = new HandTranscriber();
    await using started = await start({ transcriber, clock });
    const { transcriptions } = started.client.audio;
    const late = refusal(transcriptions.create({ file, model }));
    const slow = await transcriber.turn(0);
    await slow.whenEnded();
    clock.advance(31_000);
    const told = await late;
    const leave = new AbortController();
    const left = transcriptions.create({ file, model }, { signal: leave.signal });
    const turn = await transcriber.turn(1);
    await turn.whenEnded();
    leave.abort();
    await expect(left).rejects.toThrow('aborted');
    await turn.whenCut();
    await new Promise((resolve) => setImmediate(resolve));

    expect(told).toMatchObject({ status: 504, code: 'recogniser_timeout' });
    expect(slow.signal?.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('of a fifth file at once is refused, and taken when one is done', async () => {
    const transcriber = new HandTranscriber();
    await using started = await start({ transcriber });
    const ask = async (): Promise<unknown> =>
      started.client.audio.transcriptions.create({ file, model });
    const four = [ask(), ask(), ask(), ask()];
    await transcriber.turn(3);
    const fifth = await refusal(ask());
    for (const turn of transcriber.turns) turn.hears('done');
    await Promise.all(four);
    const later = ask();
    (await transcriber.turn(4)).hears('later');

    expect(fifth).toMatchObject({ status: 429, code: 'too_many_requests' });
    expect(await later).toMatchObject({ text: 'later' });
  });
});

describe('speech', () => {
  const saying = { model: 'tts-1', voice: 'alloy', input: 'Twelve chars' } as const;

  test('is a WAV file unless told, whose length is open because it is sent as it is made', async () => {
    await using started = await start();
    const response = await started.client.audio.speech.create(saying);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { sampleRateHz, channels, samples } = parseWav(bytes);

    expect(response.headers.get('content-type')).toBe('audio/wav');
    expect({ sampleRateHz, channels, lengthMs: samples.length / 24 }).toEqual({
      sampleRateHz: 24_000,
      channels: 1,
      lengthMs: 12 * 60,
    });
    expect(measureLevel(samples).peak).toBeGreaterThan(0.2);
  });

  test('is bare samples on demand, or events with the same sound', async () => {
    await using started = await start();
    const { speech } = started.client.audio;
    const pcm = await speech.create({ ...saying, response_format: 'pcm' });
    const sse = await speech.create({ ...saying, response_format: 'pcm', stream_format: 'sse' });
    const events = (await sse.text())
      .split('\n\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text.replace(/^data: /u, '')) as Record<string, unknown>);
    const done = events.pop();
    const sound = Buffer.concat(events.map(({ audio }) => Buffer.from(String(audio), 'base64')));

    expect(pcm.headers.get('content-type')).toBe('audio/pcm;rate=24000');
    expect(sse.headers.get('content-type')).toContain('text/event-stream');
    expect(events.every(({ type }) => type === 'speech.audio.delta')).toBe(true);
    expect(done).toEqual({
      type: 'speech.audio.done',
      usage: { input_tokens: 3, output_tokens: 15, total_tokens: 18 },
    });
    expect(sound.equals(Buffer.from(await pcm.arrayBuffer()))).toBe(true);
  });

  test('is said by the voice and at the speed that were asked for', async () => {
    const voice = createToneVoice();
    await using started = await start({ voice });
    const { speech } = started.client.audio;
    await (await speech.create({ ...saying, voice: 'chime', speed: 1.5 })).arrayBuffer();
    await (await speech.create({ ...saying, voice: { id: 'mine' } })).arrayBuffer();

    expect(voice.styles).toEqual([
      { voice: 'chime', speed: 1.5 },
      { voice: undefined, speed: 1 },
    ]);
  });

  test('is heard before it is said to the end, and is not made far ahead of its reader', async () => {
    let made = 0;
    const voice: SpeechVoice = {
      voices: undefined,
      async *speak(_text, signal) {
        while (!signal.aborted) {
          made += 1;
          yield new Int16Array(960);
        }
      },
      close: async () => undefined,
    };
    await using started = await start({ voice });
    const response = await started.client.audio.speech.create({
      ...saying,
      response_format: 'pcm',
    });
    const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
    const { value } = await reader.read();
    let before = -1;
    // The sockets' own buffers fill up first.
    while (before !== made) {
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await reader.cancel();

    expect(value?.length).toBeGreaterThan(0);
    // Sound of 40 ms is 1,920 bytes; sockets hold a few MB.
    expect(made * 1_920).toBeLessThan(32 * 1024 * 1024);
  });

  test.for<[string, object | string, object]>([
    ['MP3', { response_format: 'mp3' }, { param: 'response_format', words: '"wav" and "pcm"' }],
    ['no text', { input: ' \n' }, { param: 'input', words: 'with a word in it' }],
    ['a book', { input: 'x'.repeat(4097) }, { param: 'input', words: '4096' }],
    ['haste', { speed: 9 }, { param: 'speed', words: '0.25 to 4' }],
    ['a stranger', { voice: 'nobody' }, { param: 'voice', words: 'tone, chime' }],
    ['no model', { model: undefined }, { param: 'model', words: 'Missing' }],
    ['a list', '[]', { param: null, words: 'not a JSON object' }],
    ['no JSON', '{', { param: null, words: 'not valid JSON' }],
    ['a tower', `{"a":${'['.repeat(500)}`, { param: null, words: '128 levels' }],
  ])('is refused in words for %s', async ([, fault, told]) => {
    await using started = await start();
    const body = typeof fault === 'string' ? fault : JSON.stringify({ ...saying, ...fault });
    const { status, error } = await post(started.server, 'speech', body);
    const { param, words } = told as Record<string, unknown>;

    expect(status).toBe(400);
    expect(error).toMatchObject({ param, message: expect.stringContaining(String(words)) });
  });

  test('of a voice that fails is an error, and never a file that looks whole', async () => {
    let isLate = false;
    const voice: SpeechVoice = {
      voices: undefined,
      async *speak() {
        if (isLate) yield tone(440, 40);
        throw new Error('hoarse');
      },
      close: async () => undefined,
    };
    await using started = await start({ voice });
    const { speech } = started.client.audio;
    const atOnce = await refusal(speech.create(saying));
    isLate = true;
    const cut = await speech.create(saying);
    const events = await speech.create({ ...saying, stream_format: 'sse' });

    expect(atOnce).toMatchObject({ status: 500, message: '500 hoarse' });
    await expect(cut.arrayBuffer()).rejects.toThrow('terminated');
    expect((await events.text()).trimEnd().split('\n\n').at(-1)).toContain('"message":"hoarse"');
  });

  test('stops being made when its reader has gone', async () => {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    const voice: SpeechVoice = {
      voices: undefined,
      async *speak(_text, signal) {
        signal.addEventListener('abort', () => {
          resolve();
        });
        while (!signal.aborted) {
          yield tone(440, 40);
          await new Promise((next) => setImmediate(next));
        }
      },
      close: async () => undefined,
    };
    await using started = await start({ voice });
    const leave = new AbortController();
    await started.client.audio.speech.create(saying, { signal: leave.signal });
    leave.abort();

    await expect(stopped).resolves.toBeUndefined();
  });
});

test('what speech makes, a transcription takes', async () => {
  const transcriber = new HandTranscriber();
  await using started = await start({ transcriber });
  const { audio } = started.client;
  const spoken = await audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'ten chars!' });
  const asked = audio.transcriptions.create({
    file: await toFile(spoken, 'speech.wav'),
    model,
  });
  const turn = await transcriber.turn(0);
  await turn.whenEnded();
  turn.hears('ten chars');
  await asked;

  expect(turn.sampleCount).toBe(concatPcm([tone(440, 600)]).length);
});
