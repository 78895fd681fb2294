import { readdirSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';

import {
  concatPcm,
  measureLevel,
  samplesToMs,
  silence,
  type SpeechStyle,
  type SpeechVoice,
  TurnDetector,
} from '../index.ts';
import { mix, whiteNoise } from '../testing/index.ts';
import { createFliteVoice, FLITE_VOICES } from './index.ts';

const voice = createFliteVoice();
afterAll(() => voice.close());
afterEach(() => {
  vi.unstubAllEnvs();
});

const never = new AbortController().signal;

async function say(speaker: SpeechVoice, text: string, style?: SpeechStyle): Promise<Int16Array[]> {
  return collect(speaker.speak(text, never, style));
}

describe('a spoken text', () => {
  test('is sound in chunks of at most 40 ms', async () => {
    const chunks = await say(voice, 'Hello there.');

    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBe(960);
    expect(measureLevel(concatPcm(chunks)).rms).toBeGreaterThan(0.05);
  });

  test('ends with next to no silence', async () => {
    const sound = concatPcm(await say(voice, 'Hello there.'));
    const edge = 24 * 40;

    expect(measureLevel(sound.subarray(-3 * edge, -edge)).peak).toBeGreaterThan(0.003);
  });

  test('of two sentences has a short pause between them', async () => {
    const [one, two, both] = [
      concatPcm(await say(voice, 'One.')),
      concatPcm(await say(voice, 'Two.')),
      concatPcm(await say(voice, 'One. Two.')),
    ];

    expect(samplesToMs(both.length)).toBe(samplesToMs(one.length + two.length) + 220);
  });

  test.for(['', '  \n', '🎉', '...'])(
    'is nothing when there is nothing to say in %j',
    async (text) => {
      expect(await say(voice, text)).toEqual([]);
    },
  );

  test.for([
    '-h',
    '--help',
    '-voice',
    '<p>',
    '$5.00',
    '3.14159',
    '\0',
    'a'.repeat(1_000),
    '日本語',
  ])('is sound for %j', async (text) => {
    const sound = concatPcm(await say(voice, text === '\0' ? 'a\0b' : text));

    expect(measureLevel(sound).peak).toBeGreaterThan(0.05);
  });

  test('two at once do not get mixed up', async () => {
    const alone = [await say(voice, 'One. Two.'), await say(voice, 'Three hundred. Four.')];

    const together = await Promise.all([
      say(voice, 'One. Two.'),
      say(voice, 'Three hundred. Four.'),
    ]);

    expect(together).toEqual(alone);
  });
});

describe('each of the five voices', () => {
  test.for(FLITE_VOICES)(
    '%s can be heard within 20 ms, from its own first sound on',
    async (name) => {
      for (const text of ['Hello there.', 'Seven.', 'Please wait.']) {
        const sound = concatPcm(await say(voice, text, { voice: name }));
        const startMs = samplesToMs(sound.findIndex((sample) => Math.abs(sample) > 120));

        expect(startMs).toBeGreaterThan(5);
        expect(startMs).toBeLessThan(20);
        expect(measureLevel(sound).rms).toBeGreaterThan(0.02);
      }
    },
  );

  test('is one of its own', async () => {
    const sounds = await Promise.all(
      FLITE_VOICES.map(async (name) => concatPcm(await say(voice, 'Hello.', { voice: name }))),
    );

    expect(new Set(sounds.map((sound) => sound.slice(2_400, 4_800).join())).size).toBe(5);
  });

  test.for([undefined, 'marin', 'awb_time', '-voice', ''])(
    '%j is none of them and has the words said by the first',
    async (name) => {
      expect(await say(voice, 'Hello.', { voice: name })).toEqual(
        await say(voice, 'Hello.', { voice: 'slt' }),
      );
    },
  );

  test('may take turns sentence by sentence', async () => {
    const alone = [
      await say(voice, 'One. Two.', { voice: 'rms' }),
      await say(voice, 'One. Two.', { voice: 'kal', speed: 1.5 }),
    ];

    const together = await Promise.all([
      say(voice, 'One. Two.', { voice: 'rms' }),
      say(voice, 'One. Two.', { voice: 'kal', speed: 1.5 }),
    ]);

    expect(together).toEqual(alone);
  });
});

describe('the pace', () => {
  const text = 'One two three four five six. Seven eight nine.';

  test.for([0.5, 1.5, 2])('%d changes how long a text takes, pauses included', async (speed) => {
    const [own, other] = [
      concatPcm(await say(voice, text)).length,
      concatPcm(await say(voice, text, { speed })).length,
    ];

    expect(own / other / speed).toBeGreaterThan(0.9);
    expect(own / other / speed).toBeLessThan(1.1);
  });

  test.for([
    [0, 0.25],
    [-1, 0.25],
    [100, 4],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
  ] as const)('%d that nobody could keep is as near as can be', async ([speed, kept]) => {
    expect(await say(voice, 'Yes.', { speed })).toEqual(await say(voice, 'Yes.', { speed: kept }));
  });
});

describe('the turn detector', () => {
  test('finds a spoken sentence after digital silence and its end', async () => {
    const sentence = concatPcm(await say(voice, 'Can you hear me all right today?'));
    const detector = new TurnDetector();

    const events = detector.push(concatPcm([silence(1_000), sentence, silence(1_000)]));

    const endMs = 1_000 + samplesToMs(sentence.length);
    expect(events).toEqual([
      { type: 'speechStarted', audioStartMs: expect.closeTo(800, -2.4) as number },
      { type: 'speechStopped', audioEndMs: expect.closeTo(endMs + 400, -2.4) as number },
    ]);
  });

  test('finds a quiet sentence after a loud noise', async () => {
    const sentence = concatPcm(await say(voice, 'Can you hear me?')).map((sample) => sample / 10);

    const events = new TurnDetector().push(
      concatPcm([whiteNoise(4_000, 0.5), silence(300), sentence, silence(1_000)]),
    );

    expect(events.map(({ type }) => type)).toEqual(['speechStarted', 'speechStopped']);
  });

  test('finds a sentence in a steady noise 10 dB below it', async () => {
    const sentence = concatPcm(await say(voice, 'Can you hear me all right today?'));
    const speechRms = measureLevel(sentence).rms;
    // White noise has an rms of its peak over the root of three.
    const noise = whiteNoise(8_000, (speechRms / 10 ** 0.5) * 3 ** 0.5);

    const events = new TurnDetector().push(mix(noise, concatPcm([silence(3_000), sentence])));

    expect(events.map(({ type }) => type)).toEqual(['speechStarted', 'speechStopped']);
  });
});

describe('an abort', () => {
  test('before the start yields nothing', async () => {
    expect(await collect(voice.speak('Hello.', AbortSignal.abort()))).toEqual([]);
  });

  test('while a sentence is being made ends the text at once, and the voice goes on', async () => {
    const abort = new AbortController();
    const speaking = collect(voice.speak('word '.repeat(200), abort.signal));

    abort.abort();

    expect(await speaking).toEqual([]);
    expect(await say(voice, 'Hello.')).not.toEqual([]);
  });

  test('between two chunks yields no further one', async () => {
    const abort = new AbortController();
    const chunks: Int16Array[] = [];
    for await (const chunk of voice.speak('Hello there. And more.', abort.signal)) {
      chunks.push(chunk);
      if (chunks.length === 3) abort.abort();
    }

    expect(chunks).toHaveLength(3);
  });
});

describe('a failing voice', () => {
  const crashing = new URL('data:text/javascript,throw new Error("boom")');

  test('that crashes says so, and again for the next text', async () => {
    await using broken = disposable(createFliteVoice({ workerUrl: crashing }));

    await expect(say(broken.voice, 'Hello.')).rejects.toMatchObject({
      code: 'speechFailed',
      message: 'The offline voice crashed.',
    });
    await expect(say(broken.voice, 'Hello.')).rejects.toMatchObject({ code: 'speechFailed' });
  });

  test('that crashed once is replaced by a fresh worker', async () => {
    const code = `
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ id, text }) => {
        if (text === 'Crash.') throw new Error('boom');
        parentPort.postMessage({ id, samples: new Int16Array(5) });
      });`;
    const workerUrl = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    await using once = disposable(createFliteVoice({ workerUrl }));

    await expect(say(once.voice, 'Crash.')).rejects.toMatchObject({ code: 'speechFailed' });

    expect(await say(once.voice, 'Hello.')).toEqual([new Int16Array(5)]);
  });

  test('that hangs is given up after its deadline', async () => {
    const workerUrl = new URL('data:text/javascript,for(;;);');
    await using hanging = disposable(createFliteVoice({ workerUrl, deadlineMs: 50 }));

    await expect(say(hanging.voice, 'Hello.')).rejects.toMatchObject({
      code: 'speechFailed',
      message: 'The offline voice did not answer within 50 ms.',
    });
  });
});

describe('closing', () => {
  test('twice does nothing, and speaking afterwards throws', async () => {
    const closed = createFliteVoice();
    await closed.close();
    await closed.close();

    await expect(say(closed, 'Hello.')).rejects.toMatchObject({ code: 'speechClosed' });
  });

  test('in the middle of a sentence ends it with an error and leaves no file behind', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'voice-test-'));
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, folder.path);
    const closing = createFliteVoice();
    const speaking = say(closing, `${'word '.repeat(200)}.`);
    const first = closing.speak(`One. ${'word '.repeat(40)}`, never)[Symbol.asyncIterator]();
    speaking.catch(() => undefined);
    await first.next();
    expect(readdirSync(folder.path)).toHaveLength(1);

    await closing.close();

    await expect(speaking).rejects.toMatchObject({ code: 'speechClosed' });
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

async function collect(chunks: AsyncIterable<Int16Array>): Promise<Int16Array[]> {
  const all: Int16Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

function disposable(speaker: SpeechVoice): AsyncDisposable & { readonly voice: SpeechVoice } {
  return { voice: speaker, [Symbol.asyncDispose]: () => speaker.close() };
}
