import { expect, test } from 'vitest';

import { ResponseItem, textMessage } from '../contract/index.ts';
import { plainInput as textsOf } from './plainInput.ts';

const items = (...values: unknown[]): ResponseItem[] =>
  values.map((value) => ResponseItem.parse(value));

function plainInput(...given: Parameters<typeof textsOf>): {
  instructions: string;
  input: unknown[];
} {
  const { instructions, input } = textsOf(...given);
  return { instructions, input: input.map((text): unknown => JSON.parse(text)) };
}

test('what stands before the first words joins the instructions, later notes come as the user’s', () => {
  const { instructions, input } = plainInput('Be brief.', [
    textMessage('developer', 'You are at home.'),
    textMessage('developer', 'It is Monday.'),
    textMessage('user', 'Hi'),
    textMessage('developer', 'The turn was stopped.'),
  ]);
  expect(instructions).toBe('Be brief.\n\nYou are at home.\n\nIt is Monday.');
  expect(input).toMatchObject([
    { role: 'user', content: [{ text: 'Hi' }] },
    { role: 'user', content: [{ text: expect.stringContaining('The turn was stopped.') }] },
  ]);
});

test('tools answer in text, and every call is a function', () => {
  const { input } = plainInput('', [
    ...items(
      { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' },
      {
        type: 'function_call_output',
        call_id: 'a',
        output: [
          { type: 'input_text', text: 'one' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
          { type: 'strange', x: 1 },
        ],
      },
      { type: 'custom_tool_call', call_id: 'b', name: 'patch', input: 'say "hi"' },
      { type: 'custom_tool_call_output', call_id: 'b', output: 'done' },
    ),
  ]);
  expect(input).toEqual([
    { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' },
    {
      type: 'function_call_output',
      call_id: 'a',
      output:
        'one\n(a picture, which this server does not take from a tool)\n{"type":"strange","x":1}',
    },
    { type: 'function_call', call_id: 'b', name: 'patch', arguments: '{"input":"say \\"hi\\""}' },
    { type: 'function_call_output', call_id: 'b', output: 'done' },
  ]);
});

const call = (call_id: string, name: string, content: unknown): unknown => ({
  type: 'function_call',
  call_id,
  name,
  arguments: JSON.stringify(content),
});

const output = (call_id: string, text: string): unknown => ({
  type: 'function_call_output',
  call_id,
  output: text,
});

test('a call of another kind is a function as well, with what came of it, unless the provider ran it', () => {
  const { input } = plainInput('', [
    ...items(
      {
        type: 'shell_call',
        id: 's',
        call_id: 'a',
        status: 'completed',
        action: { commands: ['ls'] },
      },
      { type: 'shell_call_output', call_id: 'a', output: [{ stderr: 'none' }] },
      { type: 'tool_search_call', call_id: 'b', execution: 'client', arguments: { q: 1 } },
      { type: 'tool_search_output', call_id: 'b', execution: 'client', tools: [] },
      { type: 'local_shell_call', id: 'c', call_id: null, action: {} },
      { type: 'local_shell_call_output', id: 'c', call_id: 'c', output: 'none' },
      { type: 'tool_search_call', call_id: 'd', execution: 'server', arguments: {} },
      { type: 'tool_search_output', call_id: 'd', execution: 'server', tools: [] },
    ),
  ]);
  expect(input).toEqual([
    call('a', 'shell_call', { action: { commands: ['ls'] } }),
    output('a', '[{"stderr":"none"}]'),
    call('b', 'tool_search_call', { execution: 'client', arguments: { q: 1 } }),
    output('b', '{"execution":"client","tools":[]}'),
    call('c', 'local_shell_call', { action: {} }),
    output('c', 'none'),
  ]);
});

test('sealed reasoning and items of other servers are left out', () => {
  const summary = [{ type: 'summary_text', text: 'hm' }];
  const { input } = plainInput('', [
    ...items(
      { type: 'reasoning', id: 'r1', summary: [], encrypted_content: 'x' },
      { type: 'reasoning', id: 'r2', summary, encrypted_content: 'x' },
      { type: 'web_search_call', id: 'w' },
    ),
  ]);
  expect(input).toEqual([{ type: 'reasoning', id: 'r2', summary }]);
});
