import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../../../core/base/testing/index.ts';
import { concatPcm, silence } from '../../../audio/index.ts';
import { tone } from '../../../audio/testing/index.ts';
import { testAgent } from '../../testing/index.ts';
import type { ModelContext, ModelItem, ModelOutput } from '../realtimeModel.ts';
import { createPracticeRealtimeModel } from './practiceModel.ts';

const TOOLS = ['ask_helper', 'stay_quiet', 'get_weather'];

async function answer(
  items: readonly ModelItem[],
  context: Partial<ModelContext> = {},
): Promise<readonly ModelOutput[]> {
  const model = createPracticeRealtimeModel({
    clock: new ManualClock(Date.UTC(2026, 10, 20, 12, 0)),
    agent: testAgent,
  });
  const whole: ModelContext = {
    items,
    instructions: '',
    ownInstructions: false,
    model: 'm',
    tools: TOOLS,
    functions: [],
    mustCall: false,
    modality: 'audio',
    ...context,
  };
  const outputs: ModelOutput[] = [];
  for await (const output of model.respond(whole, new AbortController().signal)) {
    outputs.push(output);
  }
  return outputs;
}

const user = (text: string): ModelItem => ({ type: 'message', role: 'user', text });
const assistant = (text: string): ModelItem => ({ type: 'message', role: 'assistant', text });
const spoken = (samples: Int16Array): ModelItem => ({
  type: 'message',
  role: 'user',
  text: '',
  heard: { durationMs: samples.length / 24, samples },
});
const callOutput = (text: string): ModelItem => ({
  type: 'callOutput',
  callId: 'c1',
  output: text,
});
const words = (outputs: readonly ModelOutput[]): string =>
  outputs.map((output) => (output.type === 'say' ? output.text : `<${output.type}>`)).join(' ');

const speech = concatPcm([silence(300), tone(500, 1500), silence(500)]);

const UNKNOWN = 'I did not understand that; what you can say is on the screen.';
const said = (text: string, samples = speech): ModelItem => ({
  type: 'message',
  role: 'user',
  text,
  heard: { durationMs: samples.length / 24, samples },
});

describe('a spoken turn', () => {
  test('that was not understood gets one honest sentence, every time', async () => {
    expect(words(await answer([spoken(speech)]))).toBe(UNKNOWN);
    expect(words(await answer([spoken(speech), assistant(UNKNOWN), spoken(speech)]))).toBe(UNKNOWN);
    expect(words(await answer([spoken(speech)], { modality: 'text', language: 'fr-CA' }))).toBe(
      "Je n'ai pas compris ; ce que vous pouvez dire est à l'écran.",
    );
  });

  test('of silence is called silence', async () => {
    expect(words(await answer([spoken(silence(2000))]))).toBe(
      'I heard nothing but silence. Is the microphone on?',
    );
  });

  test('comes back when it asks for the turn before it, or for itself where it is the first', async () => {
    const before = tone(300, 800);
    const first = await answer([said('echo')]);
    const second = await answer([spoken(before), assistant(UNKNOWN), said('play that back')]);
    const typed = await answer([spoken(before), assistant(UNKNOWN), user('[TYPED] Play it back')]);

    expect(words(first)).toBe('Here is what you said. <playBack>');
    expect(first[1]).toEqual({ type: 'playBack', samples: speech });
    expect(second[1]).toEqual({ type: 'playBack', samples: before });
    expect(typed[1]).toEqual({ type: 'playBack', samples: before });
    expect(words(await answer([user('play that back')]))).toBe(
      'I have nothing of yours to play back.',
    );
  });

  test('comes back for ten seconds at most', async () => {
    const outputs = await answer([said('echo', tone(500, 12_000))]);
    const played = outputs.find((output) => output.type === 'playBack');

    expect(played?.samples).toHaveLength(10_000 * 24);
    expect(words(outputs)).toContain('the first ten seconds of what you said');
  });

  test('is only measured when the answer is written', async () => {
    expect(words(await answer([said('echo')], { modality: 'text' }))).toBe(
      'I can play that back only aloud. It was 1.5 seconds of speech.',
    );
  });

  test.for([
    ['ask the agent to list the primes up to fifty', '<call>'],
    ['what is twenty one plus three', 'That is 24.'],
    ['what is seven times eight', 'That is 56.'],
    ['count to five', '1, 2, 3, 4, 5.'],
    ['stop', ''],
    ['never mind', 'All right.'],
    ['yes', 'I asked you nothing.'],
    ['speak again', 'Here I am again.'],
  ] as const)('of the words "%s" is answered as if they were typed: %s', async ([text, told]) => {
    expect(words(await answer([said(text)]))).toBe(told);
  });

  test('that stops the voice while the agent works says that the work goes on', async () => {
    const call: ModelItem = { type: 'call', callId: 'c1', name: 'ask_helper', arguments: '{}' };

    expect(words(await answer([user('ask the agent to x'), call, said('stop')]))).toBe(
      'The agent works on; you can stop it on the screen.',
    );
  });

  test('whose words are known is answered like a typed one', async () => {
    const heard: ModelItem = {
      type: 'message',
      role: 'user',
      text: 'say yes',
      heard: { durationMs: 1 },
    };

    expect(words(await answer([heard]))).toBe('yes');
  });
});

describe('French', () => {
  test.for([
    ['Quelle heure est-il ?', /^Il est \d\d:\d\d\.$/u],
    ['quel jour sommes-nous', /^Nous sommes le vendredi 20 novembre 2026\.$/u],
    ['combien font sept fois huit', /^Cela fait 56\.$/u],
    ["compte jusqu'à trois, s'il te plaît", /^1, 2, 3\.$/u],
    ["demande à l'agent de donner la liste", /^<call>$/u],
    ['tais-toi', /^<call>$/u],
    ['merci', /^Je vous en prie\.$/u],
    ['que puis-je dire ?', /^Je suis le modèle d'un test\. Je peux donner l'heure/u],
    ['pourquoi le ciel est bleu', /^Je ne suis qu'un modèle d'essai/u],
  ] as const)('"%s" is understood and answered in writing', async ([text, told]) => {
    expect(words(await answer([user(text)], { modality: 'text', language: 'fr' }))).toMatch(told);
  });

  test('is understood in a session of another language too', async () => {
    expect(words(await answer([user('combien font deux plus 2')], { modality: 'text' }))).toBe(
      'Cela fait 4.',
    );
  });

  test('is answered aloud in English, which is all the voice can say', async () => {
    expect(words(await answer([said('combien font sept fois huit')], { language: 'fr' }))).toBe(
      'That is 56.',
    );
    expect(words(await answer([said('parle français')]))).toBe(
      'I understand French now. My voice knows English only, so I speak English and write French.',
    );
  });

  test('is spoken from when it is asked for until another language is', async () => {
    const french = [said('parle français'), assistant('...')];
    const asked = { modality: 'text' } as const;

    expect(words(await answer([...french, user('xyz')], asked))).toContain('modèle');
    expect(
      words(await answer([...french, said('speak english'), assistant('...'), user('xyz')], asked)),
    ).toContain('practice model');
    expect(words(await answer([...french, user('say: I speak French')], asked))).toBe(
      'I speak French',
    );
  });
});

const asks = (report: string): readonly ModelItem[] => [
  user(`[HELPER] ${report}`),
  assistant('...'),
];
const passedOn = (text: string): ModelOutput => ({
  type: 'call',
  name: 'ask_helper',
  arguments: JSON.stringify({ task: text }),
});

describe('while the agent waits for an answer', () => {
  const colours = asks('ASK Which colour? Teal/Coral/Grey');

  test.for([
    ['coral', 'Coral'],
    ['The grey one, please.', 'Grey'],
    ['the first one', 'Teal'],
    ['number two', 'Coral'],
    ['the last', 'Grey'],
    ['la deuxième', 'Coral'],
    ['something blue', 'something blue'],
  ] as const)('"%s" passes on %s', async ([text, passed]) => {
    expect(await answer([...colours, said(text)])).toEqual([passedOn(passed)]);
  });

  test.for([
    ['yes', 'Yes, always'],
    ['oui', 'Yes, always'],
    ['no', 'No'],
  ] as const)('"%s" chooses "%s"', async ([text, passed]) => {
    expect(await answer([...asks('ASK Really? Yes, always/No'), user(text)])).toEqual([
      passedOn(passed),
    ]);
  });

  test('a number said alone is passed on in digits where there is nothing to choose', async () => {
    const open = asks('ASK How many?');

    expect(await answer([...open, said('fifty one')])).toEqual([passedOn('51')]);
    expect(await answer([...open, said('yes')])).toEqual([passedOn('yes')]);
  });

  test('what is a request of its own is answered as such', async () => {
    expect(words(await answer([...colours, said('what is two plus two')]))).toBe('That is 4.');
    expect(words(await answer([...colours, said('never mind')]))).toBe(
      'All right. The question stays open on the screen.',
    );
  });

  test('a question that was answered, or taken back, is not open', async () => {
    const call: ModelItem = { type: 'call', callId: 'c9', name: 'ask_helper', arguments: '{}' };

    for (const over of [[call, callOutput('Passed on.')], asks('DONE')]) {
      expect(words(await answer([...colours, ...over, assistant('...'), user('coral')]))).toContain(
        'I have no answer to that',
      );
    }
  });

  test('nothing is passed on in a session that has no agent', async () => {
    expect(words(await answer([...colours, user('coral')], { tools: [] }))).toContain(
      'I have no answer to that',
    );
  });
});

describe('what can be said', () => {
  const model = createPracticeRealtimeModel({ clock: new ManualClock(), agent: testAgent });
  const now = (items: readonly ModelItem[], language?: string) =>
    model.phrases?.({ items, ...(language !== undefined && { language }) });

  test('is told in the language that is spoken, the agent first', () => {
    expect(now([])).toEqual({
      language: 'en',
      phrases: expect.arrayContaining(['Ask the agent to list the files', 'What time is it?']),
    });
    expect(now([], 'fr-FR')?.phrases[0]).toBe("Demande à l'agent de donner la liste");
    expect(now([said('parle français')])?.language).toBe('fr');
  });

  test('is the options while a question is open', () => {
    expect(now([user('[HELPER] ASK Which colour? Teal/Coral')])?.phrases).toEqual([
      'Teal',
      'Coral',
    ]);
  });
});

describe('a typed turn', () => {
  test.for([
    ['[TYPED] What is 3 plus 4 times 2?', 'That is 11.'],
    ['what is (1 + 2) / 4', 'That is 0.75.'],
    ["What's 0.1 + 0.2?", 'That is 0.3.'],
    ['what is 1 divided by 0', 'That has no answer: it divides by zero.'],
    ['Please count to 5.', '1, 2, 3, 4, 5.'],
    ['say "good morning"', 'good morning'],
    ['Repeat after me: tea is hot', 'tea is hot'],
    ['What is the date?', 'Today is Friday 20 November 2026.'],
    ['Could you please say hello?', 'hello'],
    ['thanks!', 'You are welcome.'],
  ] as const)('%s', async ([typed, answered]) => {
    expect(words(await answer([user(typed)])).replace('Friday,', 'Friday')).toBe(answered);
  });

  test('of endless brackets is no sum, and answered in time', async () => {
    expect(words(await answer([user(`what is ${'('.repeat(50_000)}1`)]))).toContain(
      'I have no answer to that',
    );
  });

  test('about the time names the time', async () => {
    expect(words(await answer([user('[TYPED] What time is it?')]))).toMatch(/^It is \d\d:\d\d\.$/u);
  });

  test.for(['hello', 'What can you do?', 'help', 'Why is the sky blue?', 'Is 4 a number?'])(
    '"%s" is answered with what this model can do',
    async (typed) => {
      const told = words(await answer([user(typed)]));
      expect(told).toContain('practice model');
      expect(told).toContain('ask the agent to');
    },
  );

  test.for([
    ['[TYPED] Ask the agent to list the files.', 'list the files'],
    ['please have the agent fix the tests', 'fix the tests'],
    ['TELL THE AGENT TO stop', 'stop'],
    ['Could you ask the agent to sum 1+1, please?', 'sum 1+1'],
  ] as const)('%s is handed on', async ([typed, prompt]) => {
    expect(await answer([user(typed)])).toEqual([
      { type: 'call', name: 'ask_helper', arguments: JSON.stringify({ task: prompt }) },
    ]);
  });

  test('that is only a picture is not looked at', async () => {
    expect(words(await answer([user('')]))).toBe(
      'I am only a practice model and cannot look at pictures.',
    );
  });

  test('for the agent is refused in words when there is none', async () => {
    expect(words(await answer([user('ask the agent to x')], { tools: [] }))).toBe(
      'I have no agent in this session that I could ask.',
    );
  });

  test.for(['be quiet', '[TYPED] Please stay silent.', 'Say nothing!'])(
    '"%s" keeps it silent',
    async (typed) => {
      expect(await answer([user(typed)])).toEqual([
        { type: 'call', name: 'stay_quiet', arguments: '{}' },
      ]);
      expect(await answer([user(typed)], { tools: [] })).toEqual([]);
    },
  );

  test('can name a tool and its arguments', async () => {
    expect(await answer([user('use get_weather with {"city":"Oslo"}')])).toEqual([
      { type: 'call', name: 'get_weather', arguments: '{"city":"Oslo"}' },
    ]);
  });
});

describe('the agent', () => {
  const call: ModelItem = {
    type: 'call',
    callId: 'c1',
    name: 'ask_helper',
    arguments: '{"task":"x"}',
  };

  test('is done: its last report is told', async () => {
    const items = [
      user('ask the agent to x'),
      call,
      user('[HELPER] I am looking.'),
      user('[HELPER] There are three files.'),
      callOutput('The agent has completed; its messages above are the result.'),
    ];

    expect(words(await answer(items))).toBe('There are three files.');
  });

  test('has written much: only its beginning is told', async () => {
    const long = `The first point. ${'More and more words follow. '.repeat(40)}`;
    const told = words(await answer([call, user(`[HELPER] ${long}`), callOutput('done')]));

    expect(told.length).toBeLessThan(360);
    expect(told).toMatch(/^The first point\. .*The rest is in the written result\.$/u);
  });

  test('has failed: that is told as such', async () => {
    expect(words(await answer([call, callOutput('The task failed: no network.')]))).toBe(
      'The agent did not finish. The task failed: no network.',
    );
  });

  test('took guidance: what the output says is told', async () => {
    expect(words(await answer([call, callOutput('Passed on to the running task.')]))).toBe(
      'Passed on to the running task.',
    );
  });

  test('is done while the user asked something else: both are answered', async () => {
    const items = [call, user('[HELPER] Ready.'), user('[TYPED] say yes'), callOutput('done')];

    expect(words(await answer(items))).toBe('Ready. yes');
  });

  test('reported without a call: the report is told when an answer is asked for', async () => {
    expect(words(await answer([user('[HELPER] Tests pass.')]))).toBe('Tests pass.');
  });

  test('asks something: the question is told, what the voice is bidden to do with it is not', async () => {
    const report = '[HELPER] The agent asks: Tea? Ask the user in one short sentence, then go on.';
    expect(words(await answer([user(report)]))).toBe('The agent asks: Tea?');
  });

  test('was told to be silent: nothing follows the empty output', async () => {
    const silent: ModelItem = {
      type: 'call',
      callId: 'c1',
      name: 'stay_quiet',
      arguments: '{}',
    };

    expect(await answer([silent, callOutput('')])).toEqual([]);
  });
});

test('hidden control text is obeyed without a word', async () => {
  const control: ModelItem = { type: 'message', role: 'developer', text: 'Be brief from now on.' };

  expect(await answer([user('hi'), assistant('Hello'), control])).toEqual([]);
});

test('a response told what to say says that', async () => {
  const outputs = await answer([user('hi')], {
    instructions: 'Say exactly: "Time is up."',
    ownInstructions: true,
  });

  expect(words(outputs)).toBe('Time is up.');
});

test('a tool the client insists on is called', async () => {
  expect(await answer([user('[TYPED] hello')], { forcedTool: 'ask_helper' })).toEqual([
    { type: 'call', name: 'ask_helper', arguments: '{"task":"hello"}' },
  ]);
});

test('the output of a foreign tool is told', async () => {
  const call: ModelItem = { type: 'call', callId: 'w', name: 'get_weather', arguments: '{}' };

  expect(words(await answer([call, { type: 'callOutput', callId: 'w', output: 'sunny' }]))).toBe(
    'get_weather says: sunny',
  );
});

test('an empty conversation is opened with a greeting', async () => {
  expect(words(await answer([]))).toMatch(/^Hello!/u);
});
