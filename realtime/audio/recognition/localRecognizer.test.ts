import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Resampler, SAMPLE_RATE_HZ, silence } from '../index.ts';
import { createFliteVoice } from '../speech/index.ts';
import {
  choice,
  createSpeechRecognizer,
  type Grammar,
  type Recognition,
  type RecognitionOptions,
  sequence,
  type SpeechRecognizer,
} from './index.ts';

const voice = createFliteVoice();
const ears = createSpeechRecognizer();
beforeAll(async () => {
  // Loads the models, once for all; who speaks meanwhile waits for them and no longer.
  ears.prepare({ language: 'en', grammar: commands });
  await ears.begin({ language: 'en', grammar: choice('stop') }).end();
}, 20_000);
afterAll(async () => {
  await ears.close();
  await voice.close();
});

const commands = choice('stop', 'what can I say?');

/** The sound of a text with the pauses a turn has around it. */
async function spoken(text: string): Promise<Int16Array[]> {
  const sound = [silence(200)];
  for await (const chunk of voice.speak(text, new AbortController().signal)) sound.push(chunk);
  return [...sound, silence(400)];
}

async function understand(
  recogniser: SpeechRecognizer,
  text: string,
  options: Partial<RecognitionOptions> = {},
): Promise<Recognition> {
  const utterance = recogniser.begin({ language: 'en', grammar: commands, ...options });
  for (const chunk of await spoken(text)) utterance.push(chunk);
  return utterance.end();
}

function heardIn(recognition: Recognition): string {
  return recognition.type === 'recognised' ? recognition.text : '(unknown)';
}

describe('what the grammar has', () => {
  test('is understood, with when each word was said and how sure that is', async () => {
    const recognition = await understand(ears, 'What can I say?');

    expect(recognition).toEqual({
      type: 'recognised',
      text: 'what can i say',
      words: ['what', 'can', 'i', 'say'].map((text) => ({
        text,
        startMs: expect.any(Number) as number,
        endMs: expect.any(Number) as number,
      })),
      confidence: expect.any(Number) as number,
    });
    if (recognition.type === 'unknown') throw new Error('unknown');
    const times = recognition.words.flatMap(({ startMs, endMs }) => [startMs, endMs]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(100);
    expect(times[0]).toBeLessThan(400);
    expect(recognition.confidence).toBeGreaterThan(0.3);
    expect(recognition.confidence).toBeLessThanOrEqual(1);
  });

  test('is told word by word while it is said', async () => {
    const partials: string[] = [];
    const recognition = await understand(ears, 'Ask the agent to list the primes up to fifty.', {
      grammar: sequence('ask the agent to list the primes up to', choice('fifty', 'ten')),
      onPartial: (text) => partials.push(text),
    });

    expect(heardIn(recognition)).toBe('ask the agent to list the primes up to fifty');
    expect(partials.length).toBeGreaterThan(3);
    expect(new Set(partials).size).toBeGreaterThan(3);
    expect(partials.some((text) => text.startsWith('ask the agent'))).toBe(true);
  });

  test('may be another with each utterance', async () => {
    const colours = choice('red', 'green');

    expect(heardIn(await understand(ears, 'Green.', { grammar: colours }))).toBe('green');
    expect(heardIn(await understand(ears, 'Stop.'))).toBe('stop');
    expect(heardIn(await understand(ears, 'Red.', { grammar: colours }))).toBe('red');
  });

  test('is understood whatever was expected', async () => {
    const colours = { language: 'en', grammar: choice('red', 'green') } as const;
    ears.prepare(colours);
    ears.prepare(colours);
    const stop = understand(ears, 'Stop.');
    ears.prepare({ language: 'en', grammar: choice('xqzwv') });

    expect(heardIn(await stop)).toBe('stop');
    expect(heardIn(await understand(ears, 'Green.', colours))).toBe('green');
  });

  test('is the same whatever was heard before it', async () => {
    const first = await understand(ears, 'Stop.');
    await understand(ears, 'What can I say?');

    expect(await understand(ears, 'Stop.')).toEqual(first);
  });

  test('is understood at any rate', async () => {
    const utterance = ears.begin({ language: 'en', grammar: commands });
    const to48kHz = new Resampler(SAMPLE_RATE_HZ, 48_000);
    for (const chunk of await spoken('What can I say?')) {
      utterance.push(to48kHz.push(chunk), 48_000);
    }

    expect(heardIn(await utterance.end())).toBe('what can i say');
  });

  test('is understood of several speakers at a time', async () => {
    // One more than have a decoder at a time.
    const texts = ['Stop.', 'What can I say?', 'Stop.'];
    const sounds = await Promise.all(texts.map(spoken));
    const utterances = sounds.map(() => ears.begin({ language: 'en', grammar: commands }));
    const longest = Math.max(...sounds.map((chunks) => chunks.length));
    for (let index = 0; index < longest; index += 1) {
      for (const [speaker, chunks] of sounds.entries()) {
        const chunk = chunks[index];
        if (chunk !== undefined) utterances[speaker]?.push(chunk);
      }
    }

    const results = await Promise.all(utterances.map((utterance) => utterance.end()));

    expect(results.map(heardIn)).toEqual(['stop', 'what can i say', 'stop']);
  });
});

describe('what the grammar does not have', () => {
  test.for(['My grandmother lives in a house.', 'Banana.'])('is unknown: %s', async (text) => {
    expect(await understand(ears, text)).toEqual({ type: 'unknown' });
  });

  test('is unknown when it is silence, or nothing', async () => {
    const utterance = ears.begin({ language: 'en', grammar: commands });
    utterance.push(silence(1_000));

    expect(await utterance.end()).toEqual({ type: 'unknown' });
    expect(await ears.begin({ language: 'en', grammar: commands }).end()).toEqual({
      type: 'unknown',
    });
  });

  test('is unknown when no phrase can be pronounced, and other phrases stay', async () => {
    const names: Grammar = choice('xqzwv', sequence('stop', 'brxlgrmpf'));

    expect(await understand(ears, 'Stop.', { grammar: names })).toEqual({ type: 'unknown' });
    expect(heardIn(await understand(ears, 'Stop.', { grammar: choice(names, 'stop') }))).toBe(
      'stop',
    );
  });

  test('is unknown when it goes on for more than half a minute', async () => {
    const utterance = ears.begin({ language: 'en', grammar: commands });
    for (const chunk of await spoken('Stop.')) utterance.push(chunk);
    utterance.push(silence(30_000));

    expect(await utterance.end()).toEqual({ type: 'unknown' });
  });
});

describe('an utterance', () => {
  test('that was asked for twice gives one answer, and sound after its end does not count', async () => {
    const utterance = ears.begin({ language: 'en', grammar: commands });
    for (const chunk of await spoken('Stop.')) utterance.push(chunk);
    const answer = utterance.end();
    for (const chunk of await spoken('What can I say?')) utterance.push(chunk);

    expect(heardIn(await answer)).toBe('stop');
    expect(utterance.end()).toBe(answer);
  });

  test('that was cancelled has no answer, and the next one does', async () => {
    const partials: string[] = [];
    const utterance = ears.begin({
      language: 'en',
      grammar: commands,
      onPartial: (text) => partials.push(text),
    });
    utterance.cancel();
    utterance.cancel();
    for (const chunk of await spoken('Stop.')) utterance.push(chunk);

    await expect(utterance.end()).rejects.toMatchObject({ code: 'recognitionCancelled' });
    expect(heardIn(await understand(ears, 'Stop.'))).toBe('stop');
    expect(partials).toEqual([]);
  });
});

/** What is heard where nothing is said. */
async function ask(asked: { readonly ears: SpeechRecognizer }): Promise<string> {
  return heardIn(await asked.ears.begin({ language: 'en', grammar: commands }).end());
}

describe('a recogniser that nobody speaks to', () => {
  /** Hears the number of its own thread. */
  const code = `
    import { parentPort, threadId } from 'node:worker_threads';
    parentPort.on('message', ({ type, id }) => {
      const recognition = { type: 'recognised', text: String(threadId), words: [], confidence: 1 };
      if (type === 'end') parentPort.postMessage({ type: 'result', id, recognition });
    });`;
  const workerUrl = new URL(`data:text/javascript,${encodeURIComponent(code)}`);

  test('lets its worker go, and has another one for whoever speaks again', async () => {
    await using resting = disposable(createSpeechRecognizer({ workerUrl, idleMs: 1 }));
    await using waiting = disposable(createSpeechRecognizer({ workerUrl }));
    const first = await ask(resting);
    const stays = await ask(waiting);

    let next = first;
    while (next === first) next = await ask(resting);

    expect(await ask(waiting)).toBe(stays);
  });

  test('keeps its worker while somebody speaks, however slowly', async () => {
    await using resting = disposable(createSpeechRecognizer({ workerUrl, idleMs: 1 }));
    await using other = disposable(createSpeechRecognizer({ workerUrl }));
    const slow = resting.ears.begin({ language: 'en', grammar: commands });
    // Starting a worker takes longer than that one may rest.
    await ask(other);

    expect((await slow.end()).type).toBe('recognised');
  });
});

describe('a failing recogniser', () => {
  const crashing = new URL('data:text/javascript,throw new Error("boom")');

  test('that crashes says so, and again for the next utterance', async () => {
    await using broken = disposable(createSpeechRecognizer({ workerUrl: crashing }));
    const begin = () => broken.ears.begin({ language: 'en', grammar: commands });

    await expect(begin().end()).rejects.toMatchObject({
      code: 'recognitionFailed',
      message: 'The recogniser crashed.',
    });
    await expect(begin().end()).rejects.toMatchObject({ code: 'recognitionFailed' });
  });

  test('that crashes while it is loaded ahead says so when it is spoken to', async () => {
    await using broken = disposable(createSpeechRecognizer({ workerUrl: crashing }));
    broken.ears.prepare({ language: 'en', grammar: commands });

    await expect(
      broken.ears.begin({ language: 'en', grammar: commands }).end(),
    ).rejects.toMatchObject({ code: 'recognitionFailed' });
  });

  test('that crashed once is replaced by a fresh worker', async () => {
    const code = `
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ type, id, language }) => {
        if (language === 'fr') throw new Error('boom');
        if (type === 'end') parentPort.postMessage({ type: 'result', id, recognition: { type: 'unknown' } });
      });`;
    const workerUrl = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    await using once = disposable(createSpeechRecognizer({ workerUrl }));
    const open = once.ears.begin({ language: 'en', grammar: commands });

    const broken = once.ears.begin({ language: 'fr', grammar: commands });

    await expect(broken.end()).rejects.toMatchObject({ code: 'recognitionFailed' });
    await expect(open.end()).rejects.toMatchObject({ code: 'recognitionFailed' });
    expect(await once.ears.begin({ language: 'en', grammar: commands }).end()).toEqual({
      type: 'unknown',
    });
  });

  test('that hangs is given up after its deadline', async () => {
    const workerUrl = new URL('data:text/javascript,for(;;);');
    await using hanging = disposable(createSpeechRecognizer({ workerUrl, deadlineMs: 50 }));

    await expect(
      hanging.ears.begin({ language: 'en', grammar: commands }).end(),
    ).rejects.toMatchObject({
      code: 'recognitionFailed',
      message: 'The recogniser did not answer within 50 ms.',
    });
  });

  test('that is closed fails what is open and begins nothing more', async () => {
    const closing = createSpeechRecognizer();
    const utterance = closing.begin({ language: 'en', grammar: commands });
    const answer = utterance.end();
    answer.catch(() => undefined);

    await closing.close();
    await closing.close();

    closing.prepare({ language: 'en', grammar: commands });

    await expect(answer).rejects.toMatchObject({ code: 'recognitionClosed' });
    expect(() => closing.begin({ language: 'en', grammar: commands })).toThrow('closed');
  });
});

function disposable(
  recogniser: SpeechRecognizer,
): AsyncDisposable & { readonly ears: SpeechRecognizer } {
  return { ears: recogniser, [Symbol.asyncDispose]: () => recogniser.close() };
}
