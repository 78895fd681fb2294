import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  createSpeechRecognizer,
  type Recognition,
} from '../../realtime/audio/recognition/index.ts';
import { unsayableWords } from '../../realtime/audio/recognition/testing/index.ts';
import { turnOf, understand } from './measure.ts';
import { withNoise } from './noise.ts';
import { COMMANDS } from './phrases.ts';
import { fliteSpeakers } from './speakers.ts';

// The reduced form of `npm run ears`: the same sound each time, so the same answers.

const SAMPLE_RATE_HZ = 24_000;
const PHRASES = ['what can I say', 'ask the agent to list the primes up to fifty', 'never mind'];
const OTHERS = ['who won the game', 'read me the news'];

const owned = new AsyncDisposableStack();
const ears = createSpeechRecognizer();
owned.defer(() => ears.close());
const [speaker] = fliteSpeakers(owned);
afterAll(() => owned.disposeAsync());
beforeAll(async () => {
  // Loads the models and the voice.
  await heard('stop');
}, 20_000);

async function heard(text: string, ratioDb?: number): Promise<string> {
  const said = {
    samples: (await speaker?.say(text)) ?? new Int16Array(0),
    sampleRateHz: SAMPLE_RATE_HZ,
  };
  const turn = turnOf(said);
  const samples =
    ratioDb === undefined ? turn.samples : withNoise(turn.samples, SAMPLE_RATE_HZ, ratioDb);
  return textOf(
    await understand(ears, { language: 'en', grammar: COMMANDS.en }, { ...turn, samples }),
  );
}

function textOf(recognition: Recognition): string {
  return recognition.type === 'recognised' ? recognition.text : '(unknown)';
}

test.for(PHRASES)('a command is understood: %s', async (phrase) => {
  expect(await heard(phrase)).toBe(phrase.toLowerCase());
});

test('a command is understood with noise behind it', async () => {
  expect(await heard('what can I say', 20)).toBe('what can i say');
});

test.for(OTHERS)('what is none of the commands is unknown: %s', async (other) => {
  expect(await heard(other)).toBe('(unknown)');
});

test.for(['en', 'fr'] as const)('each command can be said (%s)', (language) => {
  expect(unsayableWords(COMMANDS[language], language)).toEqual([]);
});
