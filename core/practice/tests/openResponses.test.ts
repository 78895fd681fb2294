import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  type Json,
  OpenEvent,
  OpenResponse,
  outputText,
  type PracticeServer,
  ResponsesClient,
  rule,
  startPracticeApi,
} from '../testing/index.ts';

// The cases that the project Open Responses tries a server with, put to the practice model.

let server: PracticeServer;
let client: ResponsesClient;
beforeAll(async () => {
  server = await startPracticeApi({
    rules: [rule({ text: { contains: 'think' } }, { reasoning: 'Hm.' }, { say: 'So.' })],
    fallback: 'practice',
  });
  client = new ResponsesClient(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const message = (role: string, content: unknown): Json => ({ type: 'message', role, content });
const user = (content: unknown): Json => message('user', content);
const weather = {
  type: 'function',
  name: 'get_weather',
  description: 'Tells the weather of a place',
  parameters: {
    type: 'object',
    properties: { location: { type: 'string', description: 'A city and its country' } },
    required: ['location'],
  },
};
const askWeather = { input: [user('How is the weather in Lisbon?')], tools: [weather] };

type Case = {
  readonly name: string;
  readonly body: Json;
  readonly says: 'message' | 'function_call';
};

const cases: readonly Case[] = [
  { name: 'a basic request', body: { input: [user('Say hello.')] }, says: 'message' },
  {
    name: 'a system prompt',
    body: { input: [message('system', 'Speak like a sailor.'), user('Say hello.')] },
    says: 'message',
  },
  { name: 'a tool to call', body: askWeather, says: 'function_call' },
  {
    name: 'a tool that has to be called',
    body: { ...askWeather, tool_choice: { type: 'function', name: 'get_weather' } },
    says: 'function_call',
  },
  {
    name: 'a picture',
    body: {
      input: [
        user([
          { type: 'input_text', text: 'What is this?' },
          { type: 'input_image', image_url: PIXEL },
        ]),
      ],
    },
    says: 'message',
  },
  {
    name: 'a file',
    body: {
      input: [
        user([
          { type: 'input_text', text: 'What is this?' },
          {
            type: 'input_file',
            filename: 'a.pdf',
            file_data: 'data:application/pdf;base64,JVBERi0=',
          },
        ]),
      ],
    },
    says: 'message',
  },
  {
    name: 'several turns',
    body: {
      input: [
        user('I am called Ada.'),
        message('assistant', 'Good day, Ada.'),
        user('What am I called?'),
      ],
    },
    says: 'message',
  },
];

test.for(cases)('$name is answered with a whole response', async ({ body, says }) => {
  const { status, body: response } = await client.create(body);
  const parsed = OpenResponse.parse(response);

  expect(status).toBe(200);
  expect(parsed.status).toBe('completed');
  expect(parsed.output.map(({ type }) => type)).toContain(says);
});

test.for([
  ...cases,
  { name: 'thinking', body: { input: 'think' }, says: 'message' } satisfies Case,
])('$name is streamed in events that are whole, in order and end it', async ({ body, says }) => {
  const events = (await client.stream(body)).map((event) => OpenEvent.parse(event));
  const last = events.at(-1);

  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
  expect(
    last?.type === 'response.completed' && last.response.output.map(({ type }) => type),
  ).toContain(says);
});

test('a tool call streams its arguments, and its item begins and ends', async () => {
  const types = (await client.stream(askWeather)).map((event) => {
    const { type, item } = event as { type: string; item?: { type: string } };
    return item === undefined ? type : `${type} of ${item.type}`;
  });

  expect(types).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added of function_call',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done of function_call',
    'response.completed',
  ]);
});

test('a function is called, its output handed back, and the answer completes', async () => {
  const first = OpenResponse.parse((await client.create(askWeather)).body);
  const calls = first.output.filter(({ type }) => type === 'function_call');
  const outputs = calls.map((call) => ({
    type: 'function_call_output',
    call_id: 'call_id' in call ? call.call_id : '',
    output: '21 degrees',
  }));
  const answer = await client.create({
    ...askWeather,
    input: [...askWeather.input, ...calls, ...outputs],
  });

  expect(OpenResponse.parse(answer.body).status).toBe('completed');
  expect(outputText(answer)).toContain('21 degrees');
});

test('a response goes on from the one before', async () => {
  const first = OpenResponse.parse((await client.create({ input: 'Remember: plum.' })).body);
  const second = await client.create({ input: 'Which word?', previous_response_id: first.id });

  expect(OpenResponse.parse(second.body)).toMatchObject({
    status: 'completed',
    previous_response_id: first.id,
  });
});
