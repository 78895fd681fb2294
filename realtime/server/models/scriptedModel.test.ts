import { readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../../core/base/testing/index.ts';
import type { ModelItem, ModelOutput, RealtimeModel } from './realtimeModel.ts';
import { parseRealtimeScript } from './script.ts';
import { createScriptedRealtimeModel } from './scriptedModel.ts';
import { rule, testAgent } from '../testing/index.ts';

function scripted(script: unknown, clock = new ManualClock()): RealtimeModel {
  return createScriptedRealtimeModel(parseRealtimeScript(JSON.stringify(script)), {
    clock,
    agent: testAgent,
  });
}

async function answer(
  model: RealtimeModel,
  item: ModelItem,
  ...before: readonly ModelItem[]
): Promise<readonly ModelOutput[]> {
  const outputs: ModelOutput[] = [];
  const context = {
    items: [...before, item],
    instructions: '',
    ownInstructions: false,
    model: 'm',
    tools: [],
    functions: [],
    mustCall: false,
    modality: 'audio',
  } as const;
  for await (const output of model.respond(context, new AbortController().signal)) {
    outputs.push(output);
  }
  return outputs;
}

const user = (text: string): ModelItem => ({ type: 'message', role: 'user', text });
const said = (text: string): ModelOutput => ({ type: 'say', text });

function greeter(): RealtimeModel {
  return scripted({
    rules: [
      { ...rule({ text: { contains: 'Once' } }, { say: 'only now' }), once: true },
      rule({ text: { contains: 'once' } }, { say: 'again' }),
      rule(
        { text: { matches: '^sing\\b' } },
        { say: 'la' },
        { call: { name: 'f', arguments: { a: 1 } } },
      ),
      rule({ audio: true }, { transcript: 'hello' }, { say: 'I heard hello' }),
      rule({ toolOutput: 'f' }, { say: 'f is done' }),
      rule({ toolOutput: 'any' }, { say: 'some tool is done' }),
      rule({ text: { contains: 'fail' } }, { error: { code: 'c', message: 'm' } }),
      rule({ text: { contains: 'hush' } }, { silence: true }),
      rule({ text: { contains: 'wild' } }, { raw: { type: 'x' } }, { close: { code: 4000 } }),
    ],
  });
}

const call = (name: string): ModelItem => ({ type: 'call', callId: 'c', name, arguments: '' });

describe('a script', () => {
  const output: ModelItem = { type: 'callOutput', callId: 'c', output: '' };

  test.for<{ name: string; item: ModelItem; before?: ModelItem; outputs: readonly ModelOutput[] }>([
    {
      name: 'answers by pattern',
      item: user('[TYPED] Sing a song'),
      outputs: [said('la'), { type: 'call', name: 'f', arguments: '{"a":1}' }],
    },
    {
      name: 'tells what was heard',
      item: { type: 'message', role: 'user', text: '', heard: { durationMs: 100 } },
      outputs: [{ type: 'heard', text: 'hello' }, said('I heard hello')],
    },
    { name: 'knows its tools', item: output, before: call('f'), outputs: [said('f is done')] },
    {
      name: 'takes any tool',
      item: output,
      before: call('g'),
      outputs: [said('some tool is done')],
    },
    { name: 'fails', item: user('fail'), outputs: [{ type: 'fail', code: 'c', message: 'm' }] },
    { name: 'is silent', item: user('hush'), outputs: [] },
    {
      name: 'is wild',
      item: user('wild'),
      outputs: [
        { type: 'raw', event: { type: 'x' } },
        { type: 'close', code: 4000, reason: '' },
      ],
    },
    {
      name: 'says that it does not know',
      item: user('what?'),
      outputs: [
        {
          type: 'fail',
          code: 'no_matching_rule',
          message: 'No rule of the script applies here, and it names no fallback.',
        },
      ],
    },
  ])('$name', async ({ item, before, outputs }) => {
    expect(await answer(greeter(), item, ...(before === undefined ? [] : [before]))).toEqual(
      outputs,
    );
  });

  test('uses up a rule that applies once', async () => {
    const once = greeter();

    expect(await answer(once, user('once'))).toEqual([said('only now')]);
    expect(await answer(once, user('once'))).toEqual([said('again')]);
  });

  test('may leave the rest to the practice model, or to silence', async () => {
    expect(await answer(scripted({ rules: [], fallback: 'practice' }), user('say yes'))).toEqual([
      said('yes'),
    ]);
    expect(await answer(scripted({ rules: [], fallback: 'silence' }), user('say yes'))).toEqual([]);
  });

  test('waits by the clock, and not at all once it is stopped', async () => {
    const clock = new ManualClock();
    const slow = scripted({ rules: [rule({}, { delayMs: 5000 }, { say: 'late' })] }, clock);
    const waited = answer(slow, user('x'));
    clock.advance(5000);
    expect(await waited).toEqual([said('late')]);

    const stop = new AbortController();
    const context = {
      items: [],
      instructions: '',
      ownInstructions: false,
      model: 'm',
      tools: [],
      functions: [],
      mustCall: false,
      modality: 'text',
    } as const;
    const stopped = slow.respond(context, stop.signal)[Symbol.asyncIterator]().next();
    stop.abort();
    expect(await stopped).toEqual({ done: true, value: undefined });
    expect(clock.pending).toBe(0);
  });

  test('hears only when one of its steps brings a transcript', () => {
    expect(greeter().hears).toBe(true);
    expect(scripted({ rules: [] }).hears).toBe(false);
  });

  test('waits for words only when a rule or the practice model would go by them', () => {
    const byWords = { rules: [rule({ text: { contains: 'x' } }, { say: 'y' })] };

    const bySound = { rules: [...byWords.rules, rule({ audio: true }, { say: 'z' })] };

    expect(greeter().needsWords).toBeUndefined();
    expect(scripted(bySound).needsWords).toBeUndefined();
    expect(scripted({ rules: [] }).needsWords).toBeUndefined();
    expect(scripted(byWords).needsWords).toEqual({ withinMs: 25_000 });
    expect(scripted({ rules: [], fallback: 'practice' }).needsWords).toEqual({ withinMs: 25_000 });
  });
});

test('the script in the manual is one', async () => {
  const manual = await readFile(new URL('../SCRIPTS.md', import.meta.url), 'utf8');
  const json = /```json\n(?<json>.*?)```/su.exec(manual)?.groups?.['json'] ?? '';

  expect(parseRealtimeScript(json).rules).toHaveLength(5);
});

describe('a script that is wrong', () => {
  test.for([
    ['{', 'The script is not valid JSON.'],
    ['{}', 'rules: '],
    ['{"rules":[{"then":[{"sya":"x"}]}]}', 'rules[0].then[0]: '],
    ['{"rules":[{"then":[{"say":"x","silence":true}]}]}', 'rules[0].then[0]: needs exactly one of'],
    ['{"rules":[{"then":[{"delayMs":-1}]}]}', 'rules[0].then[0].delayMs: '],
    ['{"rules":[{"when":{"text":{"matches":"("}},"then":[]}]}', 'rules[0].when.text.matches: '],
    ['{"rules":[{"when":{"text":{}},"then":[]}]}', 'rules[0].when.text: '],
    ['{"rules":[{"then":[{"close":{"code":1006}}]}]}', 'rules[0].then[0].close.code: '],
    ['{"rules":[],"fallback":"guess"}', 'fallback: '],
  ] as const)('%s is refused with the place', ([json, part]) => {
    expect(() => parseRealtimeScript(json)).toThrow(
      expect.objectContaining({ code: 'invalidScript', message: expect.stringContaining(part) }),
    );
  });
});
