import { expect, test } from 'vitest';

import { matches } from '../../../audio/recognition/index.ts';
import { ScriptedRecognizer } from '../../../audio/testing/index.ts';
import { testAgent } from '../../testing/index.ts';
import type { ModelContext, ModelItem } from '../realtimeModel.ts';
import type { Transcription } from '../transcriber.ts';
import { createPracticeTranscriber } from './practiceTranscriber.ts';

const signal = new AbortController().signal;
const user = (text: string): ModelItem => ({ type: 'message', role: 'user', text });

const emptyContext: ModelContext = {
  items: [],
  instructions: '',
  ownInstructions: false,
  model: 'practice',
  tools: [],
  functions: [],
  mustCall: false,
  modality: 'audio',
};

/** A turn in which this is said. */
function say(
  text: string,
  context: Partial<ModelContext> = {},
): {
  readonly turn: Transcription;
  readonly recogniser: ScriptedRecognizer;
  readonly deltas: string[];
} {
  const recogniser = new ScriptedRecognizer();
  recogniser.hear(text);
  const deltas: string[] = [];
  const turn = createPracticeTranscriber({ recogniser, agent: testAgent }).begin({
    context: { ...emptyContext, ...context },
    onDelta: (delta) => deltas.push(delta),
  });
  return { turn, recogniser, deltas };
}

const wordsOf = async (text: string, context?: Partial<ModelContext>): Promise<string> =>
  (await say(text, context).turn.end(signal)).text;

test.for([
  'ask the agent to list the files',
  'please ask your agent to list the folders',
  'what is twenty one times three',
  'count to fifty please',
  'count to one hundred and fifty',
  'what is nine hundred ninety nine minus two hundred',
  'could you tell me the time',
  'be quiet',
  'help',
  'never mind',
  'yes',
  'parle français',
])('"%s" is written down', async (text) => {
  expect(await wordsOf(text)).toBe(text);
});

test.for([
  'the weather is nice',
  'ask the agent',
  'teal',
  'fifty',
  'count to two thousand',
  'quelle heure est-il',
  '',
])('of "%s" nothing is', async (text) => {
  expect(await wordsOf(text)).toBe('');
});

test.for([
  'quelle heure est il',
  "demande à l'agent de donner la liste",
  "compte jusqu'à cinquante s'il te plaît",
  "compte jusqu'à deux cent cinquante",
  'speak english',
])('"%s" is written down where French is spoken', async (text) => {
  expect(await wordsOf(text, { language: 'fr-FR' })).toBe(text);
  expect(await wordsOf(text, { items: [user('parle français')] })).toBe(text);
});

test.for(['teal', 'the coral one', 'the second one', 'the last'])(
  '"%s" is written down while it may be chosen, and not afterwards',
  async (text) => {
    const asked = user('[HELPER] ASK Which colour? Teal/Coral');

    expect(await wordsOf(text, { items: [asked] })).toBe(text);
    expect(await wordsOf(text, { items: [asked, user('[HELPER] DONE')] })).toBe('');
  },
);

test.for(['fifty two', 'half past three', 'the third of may'])(
  '"%s" is written down while an open question may be answered by it',
  async (text) => {
    expect(await wordsOf(text, { items: [user('[HELPER] ASK When?')] })).toBe(text);
  },
);

test('what can be said is loaded ahead, in the language of the conversation', () => {
  const { recogniser } = say('');
  const transcriber = createPracticeTranscriber({ recogniser, agent: testAgent });
  transcriber.prepare?.({ ...emptyContext, language: 'fr-CA' });
  const [expected] = recogniser.prepared;

  expect(expected?.language).toBe('fr');
  expect(expected !== undefined && matches(expected.grammar, 'fr', 'quelle heure est il')).toBe(
    true,
  );
});

test('an option that cannot be written as a phrase costs the others nothing', async () => {
  const asked = user('[HELPER] ASK Which? a|b[c]/(Coral)/<number>/🙂');

  expect(await wordsOf('coral', { items: [asked] })).toBe('coral');
  expect(await wordsOf('the third one', { items: [asked] })).toBe('the third one');
});

test('the English I is written as one', async () => {
  expect(await wordsOf('what can i say')).toBe('what can I say');
});

test('words are told while they are said, once two texts in a row agree on them', () => {
  const { recogniser, deltas } = say('');
  const [utterance] = recogniser.utterances;
  for (const text of [
    'count',
    'count to',
    'count to fifty',
    'count to fifteen',
    'ask the',
    '',
    'count to fifty two please',
    'count to fifty two please now',
  ]) {
    utterance?.partial(text);
  }

  expect(deltas).toEqual(['count', ' to', ' fifty two']);
});

test('a turn nobody wants any more is not listened to', async () => {
  const cancelled = say('help');
  cancelled.turn.cancel();
  const abort = new AbortController();
  const aborted = say('help');
  const ended = aborted.turn.end(abort.signal);
  abort.abort();

  expect(cancelled.recogniser.utterances[0]?.state).toBe('cancelled');
  await ended.catch(() => undefined);
  expect(aborted.recogniser.utterances[0]?.state).not.toBe('open');
});
