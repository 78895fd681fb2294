import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { type ResponseItem, textMessage } from '../../model/index.ts';
import { describeAnswers, questionsFor } from './asking.ts';
import { type TextModelOutput, createPracticeTextModel } from '../index.ts';
import { noSamples, textRequest } from '../testing/index.ts';

test.each<readonly [string, string, readonly string[]]>([
  ['which colour I like', 'Which colour do you like?', ['Teal', 'Coral', 'Grey']],
  [
    'which color my door should get',
    'Which color your door should get?',
    ['Teal', 'Coral', 'Grey'],
  ],
  ['', 'Which colour do you like?', ['Teal', 'Coral', 'Grey']],
  ['something.', 'Which colour do you like?', ['Teal', 'Coral', 'Grey']],
  ['whether I am ready', 'Are you ready?', ['Yes', 'No']],
  ['if I want tea or coffee', 'Do you want tea or coffee?', ['Tea', 'Coffee']],
  ['how old I am', 'How old are you?', []],
  ['where I should go', 'Where should you go?', []],
  ['about my day', 'What should I know about your day?', []],
])('told to ask "%s" it asks "%s"', (words, question, labels) => {
  const [asked] = questionsFor(words);
  expect(asked?.question).toBe(question);
  expect((asked?.options ?? []).map(({ label }) => label)).toEqual(labels);
});

test.each([
  ['two questions', 2],
  ['3 questions', 3],
  ['for a password', 1],
])('told to ask %s it asks %s', (words, count) => {
  const questions = questionsFor(words);
  expect(questions).toHaveLength(count);
  expect(questions.some((question) => question.is_secret === true)).toBe(
    words.includes('password'),
  );
});

const given = (id: string, ...answers: string[]): string =>
  JSON.stringify({ answers: { [id]: { answers } } });

test('an answer is repeated, a secret is not, and none is said to be none', () => {
  expect(describeAnswers(questionsFor(''), given('colour', 'Teal'))).toBe('You answered **Teal**.');
  expect(describeAnswers(questionsFor('for a pin'), given('secret', '1234'))).toBe(
    'You answered a secret of 4 characters.',
  );
  expect(describeAnswers(questionsFor(''), given('colour'))).toBe('You answered nothing.');
  expect(describeAnswers(questionsFor('two questions'), given('size', 'Small'))).toBe(
    'You answered\n- Colour: nothing\n- Size: **Small**',
  );
  expect(describeAnswers(questionsFor(''), 'The user could not be asked: no one. Go on.')).toBe(
    'I got no answer from you. The user could not be asked: no one.',
  );
  expect(describeAnswers(questionsFor(''), '[]')).toBe('I got no answer from you.');
});

async function run(input: readonly ResponseItem[], tools: string[]): Promise<TextModelOutput[]> {
  const model = createPracticeTextModel({
    clock: new ManualClock(),
    paceMs: 0,
    samples: noSamples,
  });
  const request = textRequest(input, tools);
  const outputs: TextModelOutput[] = [];
  for await (const output of model.respond(request, new AbortController().signal)) {
    outputs.push(output);
  }
  return outputs;
}

/** Plays the engine's part until the model says something; `result` is what every call gets. */
async function conversation(tools: string[], result: string): Promise<readonly string[]> {
  const input: ResponseItem[] = [textMessage('user', 'Ask me which colour I like')];
  const steps: string[] = [];
  for (let turn = 0; turn < 9; turn += 1) {
    const outputs = await run(input, tools);
    const said = outputs.map((part) => (part.type === 'text' ? part.delta : '')).join('');
    if (said !== '') return [...steps, said];
    for (const part of outputs) {
      if (part.type !== 'call') continue;
      steps.push(part.name);
      const callId = `call_${turn}`;
      input.push(
        { type: 'function_call', call_id: callId, name: part.name, arguments: part.arguments },
        { type: 'function_call_output', call_id: callId, output: result },
      );
    }
  }
  return steps;
}

test.each([
  [
    ['update_plan', 'request_user_input'],
    ['update_plan', 'request_user_input', 'update_plan'],
  ],
  [['request_user_input'], ['request_user_input']],
])('with %j it asks once and then reports', async (tools, steps) => {
  const told = await conversation(tools, given('colour', 'Coral'));
  expect(told.slice(0, -1)).toEqual(steps);
  expect(told.at(-1)).toContain('You answered **Coral**.');
});

test('without a way to ask it says that it got no answer', async () => {
  expect(await conversation([], '')).toEqual([
    expect.stringContaining('I got no answer from you.'),
  ]);
});
