import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { type ResponseItem, textMessage } from '../../model/index.ts';
import {
  type TextModelOutput,
  createScriptedTextModel,
  ResponsesScript,
  type TextModel,
} from '../index.ts';
import { rule, textRequest } from '../testing/index.ts';

const practice: TextModel = {
  async *respond() {
    yield { type: 'text', delta: 'practice' };
  },
};

function modelOf(script: unknown): { ask(...input: ResponseItem[]): Promise<TextModelOutput[]> } {
  const clock = new ManualClock();
  const model = createScriptedTextModel(ResponsesScript.parse(script), { clock, practice });
  return {
    async ask(...input) {
      const request = textRequest(input);
      const outputs: TextModelOutput[] = [];
      for await (const output of model.respond(request, new AbortController().signal)) {
        outputs.push(output);
      }
      return outputs;
    },
  };
}

const user = (text: string): ResponseItem => textMessage('user', text);
const call: ResponseItem = { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{}' };
const output: ResponseItem = { type: 'function_call_output', call_id: 'c1', output: 'seen' };
const said = (text: string): unknown => expect.arrayContaining([{ type: 'text', delta: text }]);

test('the first rule that applies answers, and case does not matter', async () => {
  const model = modelOf({
    rules: [
      rule({ text: { contains: 'weather' } }, { say: 'sun' }),
      rule({ text: { matches: '^tell .*joke$' } }, { say: 'knock' }),
      { ...rule({}, { say: 'anything' }), when: undefined },
    ],
  });

  expect(await model.ask(user('The WEATHER?'))).toEqual(said('sun'));
  expect(await model.ask(user('Tell me a joke'))).toEqual(said('knock'));
  expect(await model.ask(user('hm'))).toEqual(said('anything'));
});

test('a rule that calls a tool does not apply again to the output of the tool', async () => {
  const model = modelOf({
    rules: [
      rule({ text: { contains: 'look' } }, { call: { name: 'look', arguments: { at: 1 } } }),
      rule({ toolOutput: 'other' }, { say: 'wrong' }),
      rule({ toolOutput: 'look', text: { contains: 'look' } }, { say: 'done' }),
    ],
  });

  expect(await model.ask(user('look'))).toEqual([
    { type: 'call', name: 'look', arguments: '{"at":1}' },
  ]);
  expect(await model.ask(user('look'), call, output)).toEqual(said('done'));
});

test('a rule for once leaves the next time to the next rule', async () => {
  const model = modelOf({
    rules: [
      { ...rule({}, { error: { status: 500, code: 'server_error', message: 'no' } }), once: true },
      rule({}, { say: 'yes' }),
    ],
  });

  expect(await model.ask(user('go'))).toEqual([
    { type: 'fail', status: 500, code: 'server_error', message: 'no' },
  ]);
  expect(await model.ask(user('go'))).toEqual(said('yes'));
});

test('where no rule applies the script decides who answers', async () => {
  const silent = modelOf({ rules: [] });
  const helped = modelOf({ rules: [], fallback: 'practice' });

  expect(await silent.ask(user('go'))).toMatchObject([{ type: 'fail', code: 'no_rule_applies' }]);
  expect(await helped.ask(user('go'))).toEqual(said('practice'));
});

test.for([
  { name: 'an unknown step', script: { rules: [rule({}, { shout: 'x' })] } },
  { name: 'two steps in one', script: { rules: [rule({}, { say: 'x', cut: true })] } },
  {
    name: 'a broken expression',
    script: { rules: [rule({ text: { matches: '(' } })] },
  },
  { name: 'an unknown condition', script: { rules: [rule({ mood: 'good' })] } },
])('a script with $name is refused', ({ script }) => {
  expect(ResponsesScript.safeParse(script).success).toBe(false);
});

test('a tool that takes free text is called with it', async () => {
  const customCall = { name: 'apply_patch', input: '*** Begin' };
  const model = modelOf({ rules: [rule({}, { customCall })] });

  expect(await model.ask(user('patch it'))).toEqual([{ type: 'customCall', ...customCall }]);
});
