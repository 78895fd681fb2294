import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../../core/base/testing/index.ts';
import type { Turn } from '../../../core/protocol/index.ts';
import { decodePcm, encodePcm, parseWav, writeWav } from '../../../realtime/audio/index.ts';
import { tone } from '../../../realtime/audio/testing/index.ts';
import { runTalk, type TalkOptions } from './index.ts';
import { FakeEngine, MemoryFiles, THREAD_ID } from './testing/index.ts';

const INPUT_MS = 400;
const question = writeWav({ sampleRateHz: 24_000, channels: 1, samples: tone(440, INPUT_MS) });

class Talk {
  readonly engine = new FakeEngine();
  readonly files = new MemoryFiles();
  readonly clock = new ManualClock();
  readonly abort = new AbortController();
  stdout = '';
  stderr = '';
  readonly exitCode: Promise<number>;

  constructor(
    options: Partial<TalkOptions> = {},
    prepare: (talk: Talk) => void = () => undefined,
    isStderrTty = false,
  ) {
    this.files.contents.set('in.wav', question);
    prepare(this);
    this.exitCode = runTalk(
      {
        inputPath: 'in.wav',
        transport: 'websocket',
        text: false,
        json: false,
        cwd: '/work',
        version: '1.2.3',
        ...options,
      },
      {
        client: this.engine.client,
        files: this.files,
        clock: this.clock,
        signal: this.abort.signal,
        io: {
          stdout: { write: (text) => (this.stdout += text) },
          stderr: { write: (text) => (this.stderr += text) },
          isStderrTty,
        },
      },
    );
  }

  /** Starts a talk up to the moment the microphone is open. */
  static async open(...args: ConstructorParameters<typeof Talk>): Promise<Talk> {
    const talk = new Talk(...args);
    await talk.engine.requested('thread/realtime/start');
    talk.engine.notify('thread/realtime/started', {
      sessionId: 's1',
      realtimeSessionId: 's1',
      version: 'v2',
      model: 'practice-voice',
      modelProvider: 'practice',
    });
    return talk;
  }

  /** Moves the clock, in steps that let the engine answer in between. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) {
      this.clock.advance(Math.min(1_000, left));
      await new Promise(setImmediate);
    }
  }

  async speak(): Promise<void> {
    this.engine.notify('thread/realtime/speech/started', { itemId: 'i1', audioStartMs: 0 });
    await this.pass(INPUT_MS + 500);
    this.engine.notify('thread/realtime/speech/stopped', { itemId: 'i1', audioEndMs: 900 });
  }

  begin(responseId = 'r1'): void {
    this.engine.notify('thread/realtime/response/started', { responseId });
  }

  complete(responseId = 'r1', status = 'completed'): void {
    this.engine.notify('thread/realtime/response/completed', { responseId, status, usage: null });
  }

  answer(samples: Int16Array, sampleRate = 24_000): void {
    this.engine.notify('thread/realtime/outputAudio/delta', {
      audio: {
        data: encodePcm(samples),
        sampleRate,
        numChannels: 1,
        samplesPerChannel: samples.length,
        itemId: 'a1',
      },
    });
  }

  says(role: 'user' | 'assistant', text: string): void {
    this.engine.notify('thread/realtime/transcript/done', { role, text });
  }

  turn(method: 'turn/started' | 'turn/completed', turn: Partial<Turn> = {}): void {
    const whole: Turn = {
      id: 't1',
      rootTurnId: 't1',
      items: [],
      itemsView: 'notLoaded',
      status: method === 'turn/started' ? 'inProgress' : 'completed',
      error: null,
      startedAt: 0,
      completedAt: null,
      durationMs: null,
      delegation: { callId: 'c1', prompt: 'count the files' },
      ...turn,
    };
    this.engine.notify(method, { turn: whole });
  }

  events(): readonly unknown[] {
    return this.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  }
}

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
    {
      name: 'WebRTC',
      options: { transport: 'webrtc' },
      says: 'speaks WebSocket in this version',
    },
  ])('$name', async ({ options, bytes, says }) => {
    const talk = new Talk(options, ({ files }) => {
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
  const talk = await Talk.open({ outputPath: 'out.wav', prompt: 'Be kind.' });
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
  expect(talk.engine.paramsOf('initialize')).toEqual([
    {
      clientInfo: { name: 'parley-talk', title: 'Parley talk', version: '1.2.3' },
      capabilities: { experimentalApi: true },
    },
  ]);
  expect(talk.engine.paramsOf('thread/start')).toEqual([{ cwd: '/work' }]);
  expect(talk.engine.paramsOf('thread/realtime/start')).toEqual([
    {
      threadId: THREAD_ID,
      outputModality: 'audio',
      transport: { type: 'websocket' },
      prompt: 'Be kind.',
    },
  ]);
  expect(talk.engine.methods().at(-1)).toBe('thread/realtime/stop');
});

test('with --json every line of stdout is one event, and the last one tells how it ended', async () => {
  const talk = await Talk.open({ json: true, text: true });
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
  const talk = await Talk.open();
  await talk.pass(100);
  expect(talk.engine.paramsOf('thread/realtime/appendAudio')).toHaveLength(2);

  await talk.pass(INPUT_MS);
  const chunks = talk.engine.paramsOf('thread/realtime/appendAudio') as {
    audio: { data: string; sampleRate: number; numChannels: number; samplesPerChannel: number };
  }[];
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

describe('a session that does not come up', () => {
  test('is given up after 15 seconds', async () => {
    const talk = new Talk({ json: true });
    await talk.engine.requested('thread/realtime/start');
    await talk.pass(15_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe('parley talk: The voice session did not start within 15 s.\n');
    expect(talk.events()).toEqual([
      {
        type: 'done',
        exitCode: 1,
        audioMs: 0,
        output: null,
        error: 'The voice session did not start within 15 s.',
      },
    ]);
  });

  test('because the engine refuses the thread says so', async () => {
    const talk = new Talk({}, ({ engine }) => engine.refused.set('thread/start', 'no such model'));

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe('parley talk: no such model\n');
    expect(talk.engine.methods()).toEqual(['initialize', 'thread/start']);
  });

  test('because of an error before it is up fails at once, as no close follows', async () => {
    const talk = new Talk();
    await talk.engine.requested('thread/realtime/start');
    talk.engine.notify('thread/realtime/error', { message: 'wrong key' });

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe('parley talk: wrong key\n');
  });

  test('because of Ctrl-C while the thread starts never opens a voice session', async () => {
    const talk = new Talk({}, ({ engine }) => engine.unanswered.add('thread/start'));
    await talk.engine.requested('thread/start');
    talk.abort.abort();

    expect(await talk.exitCode).toBe(130);
    talk.engine.answerLate('thread/start');
    await new Promise(setImmediate);
    expect(talk.engine.methods()).toEqual(['initialize', 'thread/start']);
  });
});

describe('a talk that gets nowhere', () => {
  test('without speech in the file ends five seconds after it', async () => {
    const talk = await Talk.open();
    await talk.pass(INPUT_MS + 5_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe('parley talk: No speech was detected in the file.\n');
  });

  test('without an answer ends 30 seconds after the speech', async () => {
    const talk = await Talk.open();
    await talk.speak();
    await talk.pass(30_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('No answer came within 30 s');
  });

  test('because the answer stops in the middle ends 30 seconds later', async () => {
    const talk = await Talk.open();
    await talk.speak();
    talk.begin();
    await talk.pass(29_000);
    talk.answer(Int16Array.of(1));
    await talk.pass(29_000);
    expect(talk.stderr).toBe('');
    await talk.pass(1_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('The answer stopped coming');
  });

  test('because the voice model fails says so', async () => {
    const talk = await Talk.open();
    await talk.speak();
    talk.begin();
    talk.complete('r1', 'failed');

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('The voice model failed to answer.');
  });

  test('because the session is closed tells the code and the reason', async () => {
    const talk = await Talk.open();
    talk.engine.notify('thread/realtime/closed', {
      reason: 'transport_closed',
      closeCode: 1011,
      detail: 'server restarts',
    });

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe(
      'parley talk: The voice session was closed: server restarts (code 1011).\n',
    );
  });

  test('because the engine goes away says so and does not wait for it', async () => {
    const talk = await Talk.open();
    talk.engine.disconnect();

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('The engine went away.');
  });

  test('because the engine refuses the audio says so', async () => {
    const talk = await Talk.open({}, ({ engine }) => {
      engine.refused.set('thread/realtime/appendAudio', 'overloaded');
    });
    await talk.pass(40);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('The engine refused the audio: overloaded');
  });

  test('because the engine never confirms the audio ends after ten seconds of it', async () => {
    const talk = await Talk.open({}, ({ engine, files }) => {
      const long = { sampleRateHz: 8_000, channels: 1, samples: new Int16Array(100_000) };
      files.contents.set('in.wav', writeWav(long));
      engine.unanswered.add('thread/realtime/appendAudio');
    });
    await talk.pass(11_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toContain('does not take the audio');
  });
});

test('an error the session survives is a warning', async () => {
  const talk = await Talk.open();
  await talk.speak();
  talk.engine.notify('thread/realtime/error', { message: 'nothing to cancel', fatal: false });
  talk.begin();
  talk.complete();
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
  expect(talk.stderr).toBe('parley talk: nothing to cancel\n');
});

test('what other threads do is none of its business', async () => {
  const talk = await Talk.open();
  talk.engine.notify('thread/realtime/closed', { threadId: 'another', reason: 'error' });
  await talk.speak();
  talk.begin();
  talk.complete();
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
});

test('an answer that more speech cut off is no answer; the next one is', async () => {
  const talk = await Talk.open();
  await talk.speak();
  talk.begin();
  talk.engine.notify('thread/realtime/transcript/delta', { role: 'assistant', delta: 'I was' });
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
  const talk = await Talk.open();
  await talk.speak();
  if (name === 'empty') talk.says('user', '');
  else
    talk.engine.notify('thread/realtime/transcript/failed', { itemId: 'i1', message: 'too noisy' });
  talk.begin();
  talk.complete();
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
  expect(talk.stdout).toBe(`You: ${words}\n`);
});

async function delegated(): Promise<Talk> {
  const talk = await Talk.open();
  await talk.speak();
  talk.begin();
  talk.engine.notify('thread/realtime/itemAdded', {
    item: { type: 'handoff_request', handoff_id: 'c1' },
  });
  talk.complete();
  await talk.pass(5_000);
  talk.turn('turn/started');
  return talk;
}

describe('a background task', () => {
  test('is waited for, and so is what the voice says about it', async () => {
    const talk = await delegated();
    await talk.pass(60_000);
    talk.engine.notify('item/completed', {
      turnId: 't1',
      item: {
        type: 'agentMessage',
        id: 'm1',
        startedAtMs: 0,
        completedAtMs: 1,
        text: 'There are 12 files.',
        phase: 'final_answer',
        memoryCitation: null,
      },
      completedAtMs: 1,
    });
    talk.turn('turn/completed');
    await talk.pass(2_000);
    talk.begin('r2');
    talk.says('assistant', 'It counted twelve.');
    talk.complete('r2');
    await talk.pass(1_000);

    expect(await talk.exitCode).toBe(0);
    expect(talk.stdout).toBe(
      'Task started: count the files\nTask completed: There are 12 files.\nParley: It counted twelve.\n',
    );
  });

  test('that failed makes the talk a failure, after its report was heard', async () => {
    const talk = await delegated();
    talk.turn('turn/completed', {
      status: 'failed',
      error: { message: 'no network', codexErrorInfo: null, additionalDetails: null },
    });
    talk.begin('r2');
    talk.says('assistant', 'It did not work.');
    talk.complete('r2');
    await talk.pass(1_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stdout).toContain('Parley: It did not work.');
    expect(talk.stderr).toBe('parley talk: The background task failed: no network\n');
  });

  test('that nobody reports on does not hold up the end for ever', async () => {
    const talk = await delegated();
    talk.turn('turn/completed');
    await talk.pass(5_000);

    expect(await talk.exitCode).toBe(0);
  });
});

describe('Ctrl-C', () => {
  test('stops the session, keeps what came, and exits with 130', async () => {
    const talk = await Talk.open({ outputPath: 'out.wav' });
    await talk.speak();
    talk.begin();
    talk.answer(Int16Array.of(7));
    talk.abort.abort();

    expect(await talk.exitCode).toBe(130);
    expect(talk.engine.methods().at(-1)).toBe('thread/realtime/stop');
    expect(parseWav(talk.files.contents.get('out.wav') ?? question).samples).toEqual(
      Int16Array.of(7),
    );
    expect(talk.clock.pending).toBe(0);
  });

  test('does not wait for an engine that does not answer', async () => {
    const talk = await Talk.open({}, ({ engine }) => engine.unanswered.add('thread/realtime/stop'));
    talk.abort.abort();
    await talk.engine.requested('thread/realtime/stop');
    await talk.pass(2_000);

    expect(await talk.exitCode).toBe(130);
  });
});

describe('the answer file', () => {
  test('is not touched when no sound came', async () => {
    const talk = await Talk.open({ outputPath: 'out.wav' });
    await talk.pass(INPUT_MS + 5_000);

    await talk.exitCode;
    expect(talk.files.contents.has('out.wav')).toBe(false);
  });

  test('is 24 kHz even when the answer came at another rate', async () => {
    const talk = await Talk.open({ outputPath: 'out.wav', json: true });
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
    const talk = await Talk.open({ outputPath: 'out.wav' }, ({ files }) => {
      files.writeProblem = 'disk full';
    });
    await talk.speak();
    talk.begin();
    talk.answer(Int16Array.of(1));

    expect(await talk.exitCode).toBe(1);
    expect(talk.stderr).toBe('parley talk: The answer could not be written: disk full.\n');
  });

  test('does without a part that is damaged, and says so', async () => {
    const talk = await Talk.open({ outputPath: 'out.wav' });
    await talk.speak();
    talk.begin();
    talk.engine.notify('thread/realtime/outputAudio/delta', {
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
    const talk = await Talk.open({}, undefined, true);
    await talk.pass(200);
    talk.abort.abort();

    await talk.exitCode;
    expect(talk.stderr).toContain('Speaking  0.0 s  [');
    expect(talk.stderr.endsWith('\r\u001B[K')).toBe(true);
    expect(talk.stdout).toBe('');
  });
});
