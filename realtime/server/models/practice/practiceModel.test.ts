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

describe('a spoken turn', () => {
  test('is measured and played back, with the truth about what was understood', async () => {
    const outputs = await answer([spoken(speech)]);

    expect(words(outputs)).toBe(
      'This is the practice model of a test. I heard 1.5 seconds of speech, but I do not understand words. Here is what you said. <playBack> If that sounded like you, microphone and speakers work. Type to me and I can do more.',
    );
    expect(outputs[1]).toEqual({ type: 'playBack', samples: speech });
  });

  test('is answered more shortly the second time', async () => {
    const outputs = await answer([spoken(speech), assistant('...'), spoken(speech)]);

    expect(words(outputs)).toBe('I heard 1.5 seconds. Here is what you said. <playBack>');
  });

  test('is played back for ten seconds at most', async () => {
    const outputs = await answer([spoken(tone(500, 12_000))]);
    const played = outputs.find((output) => output.type === 'playBack');

    expect(played?.samples).toHaveLength(10_000 * 24);
    expect(words(outputs)).toContain('the first ten seconds of what you said');
  });

  test('of silence is called silence', async () => {
    expect(words(await answer([spoken(silence(2000))]))).toBe(
      'I heard nothing but silence. Is the microphone on?',
    );
  });

  test('is only described when the answer is written', async () => {
    const outputs = await answer([spoken(speech)], { modality: 'text' });

    expect(outputs.map(({ type }) => type)).toEqual(['say']);
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
      const said = words(await answer([user(typed)]));
      expect(said).toContain('practice model');
      expect(said).toContain('ask the agent to');
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
    const said = words(await answer([call, user(`[HELPER] ${long}`), callOutput('done')]));

    expect(said.length).toBeLessThan(360);
    expect(said).toMatch(/^The first point\. .*The rest is in the written result\.$/u);
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
