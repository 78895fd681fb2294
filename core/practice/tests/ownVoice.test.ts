import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  createSpeechRecognizer,
  type SpeechRecognizer,
} from '../../../realtime/audio/recognition/index.ts';
import { realClock } from '../../../realtime/server/testing/index.ts';
import { startPracticeServer } from '../index.ts';

// What the built-in voice says, the built-in recogniser hears: both endpoints for files against each other.

let recogniser: SpeechRecognizer;
let server: Awaited<ReturnType<typeof startPracticeServer>>;
let client: OpenAI;
beforeAll(async () => {
  recogniser = createSpeechRecognizer();
  server = await startPracticeServer({ clock: realClock, recogniser });
  client = new OpenAI({ baseURL: server.url.href, apiKey: 'any', maxRetries: 0 });
  // Both start with the first thing they are asked for.
  await client.audio.transcriptions.create({ file: await spoken('Hello.'), model });
});
afterAll(async () => {
  await server.close();
  await recogniser.close();
});

const model = 'any';

async function spoken(input: string): Promise<File> {
  const sound = await client.audio.speech.create({ model, voice: 'slt', input });
  return toFile(sound, 'speech.wav');
}

describe('a phrase that the built-in voice has said', () => {
  test('is understood word by word, each with its time', async () => {
    const file = await spoken('Count to ten.');
    const { text, words, duration } = await client.audio.transcriptions.create({
      file,
      model,
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
    });

    expect(text).toBe('count to ten');
    expect(words?.map(({ word }) => word)).toEqual(['count', 'to', 'ten']);
    const times = (words ?? []).flatMap(({ start, end }) => [start, end]);
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(times.at(-1)).toBeLessThanOrEqual(duration);
  });

  test('is told bit by bit where that is asked for', async () => {
    const file = await spoken('Ask the agent to list the primes up to fifty.');
    const events = await client.audio.transcriptions.create({ file, model, stream: true });
    const deltas: string[] = [];
    let whole = '';
    for await (const event of events) {
      if (event.type === 'transcript.text.delta') deltas.push(event.delta);
      if (event.type === 'transcript.text.done') whole = event.text;
    }

    expect(whole).toBe('ask the agent to list the primes up to fifty');
    expect(deltas.join('')).toBe(whole);
    expect(deltas.length).toBeGreaterThan(1);
  });

  test('is no phrase when it is anything else, and the answer says why', async () => {
    const file = await spoken('My hovercraft is full of eels.');

    expect(await client.audio.transcriptions.create({ file, model })).toMatchObject({
      text: '',
      note: expect.stringContaining('not free speech') as string,
    });
  });
});
