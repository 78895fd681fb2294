import { describe, expect, test } from 'vitest';

import type { ModelContext, ModelItem } from '../../realtime/server/index.ts';
import { hasSomethingToAnswer, samplingRequest } from './conversation.ts';

const said = (text: string): ModelItem => ({
  type: 'message',
  role: 'user',
  text,
  heard: { durationMs: 1_000 },
});
const typed = (text: string): ModelItem => ({ type: 'message', role: 'user', text });
const answered = (text: string): ModelItem => ({ type: 'message', role: 'assistant', text });
const call = (callId: string, given = '{}'): ModelItem => ({
  type: 'call',
  callId,
  name: 'f',
  arguments: given,
});
const output = (callId: string, text: string): ModelItem => ({
  type: 'callOutput',
  callId,
  output: text,
});

const context = (items: readonly ModelItem[], more: Partial<ModelContext> = {}): ModelContext => ({
  model: 'm',
  items,
  instructions: 'Be kind.',
  ownInstructions: false,
  tools: [],
  functions: [],
  mustCall: false,
  modality: 'audio',
  ...more,
});

describe('a text model is asked', () => {
  test.for<readonly [what: string, isAsked: boolean, ModelContext]>([
    ['when something was said', true, context([said('Hi')])],
    ['not for a turn without words', false, context([said('')])],
    ['not for two of them', false, context([answered('Hi'), said(''), said(' ')])],
    ['when words came with one', true, context([said(''), typed('Hi')])],
    ['when a result came with one', true, context([call('a'), said(''), output('a', 'x')])],
    ['when it is to begin', true, context([])],
    ['when it is to go on', true, context([answered('Hi')])],
    ['when somebody says what for', true, context([said('')], { ownInstructions: true })],
    ['when it must call something', true, context([said('')], { mustCall: true })],
  ])('%s: %s', ([, isAsked, of]) => {
    expect(hasSomethingToAnswer(of)).toBe(isAsked);
  });
});

const outline = (items: readonly ModelItem[]): readonly string[] =>
  samplingRequest(context(items)).input.map((item) => {
    if (item.type === 'function_call') return `call ${item.call_id}`;
    if (item.type === 'function_call_output')
      return `${item.call_id}: ${JSON.stringify(item.output)}`;
    if (item.type !== 'message') return item.type;
    const [part] = item.content;
    return `${item.role}: ${part !== undefined && 'text' in part ? String(part.text) : ''}`;
  });

describe('what a text model is told', () => {
  const UNDER_WAY = 'Under way. What comes of it follows later; go on talking meanwhile.';

  test.for<readonly [what: string, items: readonly ModelItem[], told: readonly string[]]>([
    ['an output right behind its call', [call('a'), output('a', 'x')], ['call a', 'a: "x"']],
    [
      'outputs of several calls',
      [call('a'), call('b'), output('b', 'y'), output('a', 'x')],
      ['call a', 'call b', 'b: "y"', 'a: "x"'],
    ],
    [
      'a call that is still open',
      [call('a'), said('And?')],
      ['call a', `a: "${UNDER_WAY}"`, 'user: And?'],
    ],
    [
      'an output that came later',
      [call('a'), said('And?'), answered('Soon.'), output('a', 'x')],
      [
        'call a',
        `a: "${UNDER_WAY}"`,
        'user: And?',
        'assistant: Soon.',
        'developer: The result of f({}): x',
      ],
    ],
    [
      'which of two calls a late output belongs to',
      [call('a', '{"n":1}'), call('b', '{"n":2}'), said('And?'), output('b', 'x')],
      [
        'call a',
        `a: "${UNDER_WAY}"`,
        'call b',
        `b: "${UNDER_WAY}"`,
        'user: And?',
        'developer: The result of f({"n":2}): x',
      ],
    ],
    ['an output whose call was deleted', [output('a', 'x')], ['developer: The result: x']],
    ['turns without words are left out', [said(''), answered(''), typed('Hi')], ['user: Hi']],
  ])('%s', ([, items, told]) => {
    expect(outline(items)).toEqual(told);
  });

  test('has the tools of the session, and the one that must be called alone', () => {
    const functions = ['f', 'g'].map((name) => ({ type: 'function' as const, name }));
    const free = samplingRequest(context([], { functions }));
    expect(free).toMatchObject({ toolChoice: 'auto', tools: [{ name: 'f' }, { name: 'g' }] });
    const forced = samplingRequest(context([], { functions, forcedTool: 'g' }));
    expect(forced).toMatchObject({ toolChoice: 'required', tools: [{ name: 'g', strict: false }] });
    expect(samplingRequest(context([], { mustCall: true })).toolChoice).toBe('auto');
  });

  test('says that the words will be spoken only where they will be', () => {
    expect(samplingRequest(context([])).instructions).toMatch(
      /^Be kind\.\n\nYour words are turned/u,
    );
    expect(samplingRequest(context([], { modality: 'text' })).instructions).toBe('Be kind.');
  });
});
