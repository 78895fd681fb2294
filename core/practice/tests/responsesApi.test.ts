import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';

import {
  outputText,
  type PracticeServer,
  ResponsesClient,
  startPracticeApi,
} from '../testing/index.ts';

let server: PracticeServer;
let client: ResponsesClient;
beforeAll(async () => {
  server = await startPracticeApi();
  client = new ResponsesClient(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const weather = {
  type: 'function',
  name: 'get_weather',
  parameters: {
    type: 'object',
    properties: { location: { type: 'string' } },
    required: ['location'],
    additionalProperties: false,
  },
};
const notes = { type: 'custom', name: 'take_note' };
const call = { type: 'function_call', name: 'get_weather' };

describe('tools', () => {
  const input = 'What is the weather like in Oslo? No need to note it.';

  test.for<{ name: string; choice: unknown; called: string | undefined }>([
    { name: 'auto calls one whose name fits', choice: 'auto', called: 'get_weather' },
    { name: 'none calls none', choice: 'none', called: undefined },
    { name: 'required calls one', choice: 'required', called: 'get_weather' },
    {
      name: 'a named one is called',
      choice: { type: 'custom', name: 'take_note' },
      called: 'take_note',
    },
    {
      name: 'of allowed ones alone',
      choice: {
        type: 'allowed_tools',
        mode: 'required',
        tools: [{ type: 'custom', name: 'take_note' }],
      },
      called: 'take_note',
    },
  ])('$name', async ({ choice, called }) => {
    const { body } = await client.create({ input, tools: [weather, notes], tool_choice: choice });
    const output = body['output'] as readonly { name?: string }[];

    expect(output.flatMap(({ name }) => name ?? [])).toEqual(called === undefined ? [] : [called]);
    expect(body).toMatchObject({ status: 'completed', tool_choice: choice });
  });

  test('a call fits the schema of its tool, and the answer says what the tool said', async () => {
    const first = await client.create({ input, tools: [weather] });
    const [made] = first.body['output'] as readonly { arguments: string; call_id: string }[];
    const output = { type: 'function_call_output', call_id: made?.call_id, output: 'rain, 4 °C' };
    const second = await client.create({
      input: [output],
      tools: [weather],
      previous_response_id: first.body['id'],
    });

    expect(made).toMatchObject({ ...call, status: 'completed' });
    expect(JSON.parse(made?.arguments ?? '')).toEqual({ location: 'sample location' });
    expect(outputText(second)).toContain('`get_weather` says: rain, 4 °C');
  });

  test.for(['function_call_output', 'custom_tool_call_output'])(
    'a %s that nobody called for is refused',
    async (type) => {
      const stray = { type, call_id: 'call_nobody', output: 'x' };

      expect(await client.create({ input: [stray] })).toMatchObject({
        status: 400,
        body: { error: { code: 'tool_call_not_found', param: 'input' } },
      });
    },
  );

  test('with parameters that nothing fits are refused', async () => {
    const broken = { ...weather, parameters: { type: 'zzz' } };

    expect(await client.create({ input, tools: [broken] })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_json_schema', param: 'tools' } },
    });
  });
});

describe('the format of the answer', () => {
  const Forecast = z.strictObject({ city: z.string(), days: z.array(z.int().min(0)).min(2) });

  test('is JSON that fits the schema, also in pieces', async () => {
    const format = { type: 'json_schema', name: 'forecast', schema: z.toJSONSchema(Forecast) };
    const asked = { input: 'wait 1 second', text: { format } };
    const [whole, events] = await Promise.all([client.create(asked), client.stream(asked)]);
    const pieces = events.flatMap(({ type, delta }) =>
      type === 'response.output_text.delta' ? String(delta) : [],
    );

    expect(Forecast.safeParse(JSON.parse(outputText(whole)))).toMatchObject({ success: true });
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(outputText(whole));
    expect(whole.body).toMatchObject({ text: { format: { ...format, description: null } } });
  });

  test('is a JSON object where any will do', async () => {
    const answer = await client.create({
      input: 'what is 2 + 3?',
      text: { format: { type: 'json_object' } },
    });

    expect(JSON.parse(outputText(answer))).toEqual({ answer: '`2 + 3` is **5**.' });
  });

  test('that nothing fits is refused', async () => {
    const schema = { type: 'array', minItems: 1e9 };
    const format = { type: 'json_schema', name: 'much', schema };

    expect(await client.create({ input: 'hi', text: { format } })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_json_schema', param: 'text.format.schema' } },
    });
  });
});

describe('a response that has used up its tokens', () => {
  test('is incomplete and says why', async () => {
    const answer = await client.create({ input: 'long answer', max_output_tokens: 16 });

    expect(answer.body).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      completed_at: null,
      output: [{ type: 'message', status: 'incomplete' }],
      usage: { output_tokens: 16 },
    });
    expect(outputText(answer)).toHaveLength(64);
  });

  test('ends its stream with that', async () => {
    const events = await client.stream({ input: 'long answer', max_output_tokens: 16 });

    expect(events.map(({ type }) => type).slice(-3)).toEqual([
      'response.content_part.done',
      'response.output_item.done',
      'response.incomplete',
    ]);
  });
});

describe('a response that is kept', () => {
  test('is read again, goes on, lists what it was made from, and can be deleted', async () => {
    const first = await client.create({ input: 'count words in one two' });
    const id = String(first.body['id']);
    const second = await client.create({ input: 'what is 2 + 3?', previous_response_id: id });
    const path = `responses/${String(second.body['id'])}`;
    const items = await client.send('GET', `${path}/input_items?order=asc`);
    const page = await client.send('GET', `${path}/input_items?limit=1`);
    const [newest] = page.body['data'] as readonly { id: string }[];
    const after = await client.send('GET', `${path}/input_items?after=${newest?.id}`);

    expect(await client.send('GET', `responses/${id}`)).toEqual(first);
    expect(second.body).toMatchObject({ previous_response_id: id });
    expect(items.body).toMatchObject({
      object: 'list',
      data: [
        { role: 'user', content: [{ text: 'count words in one two' }] },
        { role: 'assistant' },
        { role: 'user', content: [{ text: 'what is 2 + 3?' }] },
      ],
      has_more: false,
    });
    expect(page.body).toMatchObject({
      data: [{ content: [{ text: 'what is 2 + 3?' }] }],
      first_id: newest?.id,
      has_more: true,
    });
    expect(after.body).toMatchObject({ data: [{ role: 'assistant' }, { role: 'user' }] });
    expect(await client.send('DELETE', `responses/${id}`)).toEqual({
      status: 200,
      body: { id, object: 'response', deleted: true },
    });
    expect(await client.send('GET', `responses/${id}`)).toMatchObject({
      status: 404,
      body: { error: { type: 'invalid_request_error', code: 'response_not_found' } },
    });
    expect(await client.create({ input: 'and?', previous_response_id: id })).toMatchObject({
      status: 400,
      body: { error: { code: 'previous_response_not_found' } },
    });
  });

  test('gives its items to those who name them', async () => {
    const { body } = await client.create({ input: 'count words in one two', store: true });
    const [message] = body['output'] as readonly { id: string }[];
    const reference = { type: 'item_reference', id: message?.id };
    const again = { role: 'user', content: 'what is 2 + 3?' };
    const next = await client.create({ input: [reference, again] });
    const items = await client.send('GET', `responses/${String(next.body['id'])}/input_items`);

    expect(items.body['data']).toMatchObject([{ role: 'user' }, message as object]);
    expect(await client.create({ input: [{ id: 'msg_nowhere' }] })).toMatchObject({
      status: 404,
      body: { error: { param: 'input.0.id', message: "Item with id 'msg_nowhere' not found." } },
    });
  });

  test('is one that asked for it, or did not refuse', async () => {
    const { body } = await client.create({ input: 'hi', store: false });

    expect(body).toMatchObject({ store: false });
    expect(await client.send('GET', `responses/${String(body['id'])}`)).toMatchObject({
      status: 404,
    });
  });

  test.for(['limit=0', 'limit=x', 'order=up'])('is not listed with %s', async (query) => {
    const { body } = await client.create({ input: 'hi' });
    const path = `responses/${String(body['id'])}/input_items?${query}`;

    expect(await client.send('GET', path)).toMatchObject({ status: 400 });
  });
});

test('any model that may be asked can be looked up', async () => {
  expect(await client.send('GET', 'models/some%2Fmodel')).toEqual({
    status: 200,
    body: { id: 'some/model', object: 'model', created: 0, owned_by: 'parley' },
  });
  expect(await client.send('DELETE', 'models/some')).toMatchObject({ status: 405 });
});
