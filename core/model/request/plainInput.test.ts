import { expect, test } from 'vitest';

import { ResponseItem, textMessage } from '../contract/index.ts';
import { plainInput } from './plainInput.ts';

const items = (...values: unknown[]): ResponseItem[] =>
  values.map((value) => ResponseItem.parse(value));

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
