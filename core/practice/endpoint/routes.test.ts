import { once } from 'node:events';
import { connect } from 'node:net';

import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { type TextModelOutput, type TextModel } from '../index.ts';
import { countingIds, type PracticeServer, startPracticeServer } from '../testing/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** A model that does what it is given, and tells when it was stopped. */
function modelOf(
  outputs: readonly TextModelOutput[],
  after?: (signal: AbortSignal) => Promise<void>,
): TextModel {
  return {
    async *respond(_request, signal) {
      yield* outputs;
      await after?.(signal);
    },
  };
}

async function serve(model: TextModel): Promise<PracticeServer> {
  const clock = new ManualClock(1_700_000_000_500);
  return startPracticeServer({ model, clock, newId: countingIds() });
}

async function post(server: PracticeServer, body: unknown): Promise<Response> {
  return fetch(new URL('/v1/responses', server.url), {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function events(response: Response): Promise<Json[]> {
  const text = await response.text();
  return text
    .trim()
    .split('\n\n')
    .map((block) => {
      const [name = '', data = ''] = block.split('\n');
      const event = JSON.parse(data.slice('data: '.length)) as Json;
      expect(name).toBe(`event: ${String(event['type'])}`);
      return event;
    });
}

const ask = { model: 'm', input: 'hi', stream: true };

test('a message and a call are streamed with every event in its place', async () => {
  await using server = await serve(
    modelOf([
      { type: 'reasoning', delta: 'hm' },
      { type: 'newMessage', phase: 'commentary' },
      { type: 'text', delta: 'Good ' },
      { type: 'text', delta: 'day' },
      { type: 'call', name: 'look', arguments: '{"at":1}' },
    ]),
  );
  const response = await post(server, ask);
  const all = await events(response);

  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(all.map(({ sequence_number: number }) => number)).toEqual(all.map((_, index) => index));
  expect(all.map(({ type }) => type)).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done',
    'response.completed',
  ]);
  expect(all.at(-1)?.['response']).toEqual({
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    completed_at: 1_700_000_000,
    status: 'completed',
    background: false,
    error: null,
    incomplete_details: null,
    previous_response_id: null,
    store: true,
    model: 'm',
    instructions: null,
    tools: [],
    tool_choice: 'auto',
    parallel_tool_calls: true,
    max_output_tokens: null,
    max_tool_calls: null,
    reasoning: { effort: null, summary: null },
    text: { format: { type: 'text' }, verbosity: 'medium' },
    temperature: 1,
    top_p: 1,
    top_logprobs: 0,
    presence_penalty: 0,
    frequency_penalty: 0,
    truncation: 'disabled',
    service_tier: 'default',
    safety_identifier: null,
    prompt_cache_key: null,
    access_programs: null,
    metadata: {},
    output: [
      { type: 'reasoning', id: 'rs_2', summary: [{ type: 'summary_text', text: 'hm' }] },
      {
        type: 'message',
        id: 'msg_3',
        role: 'assistant',
        status: 'completed',
        phase: 'commentary',
        content: [{ type: 'output_text', text: 'Good day', annotations: [], logprobs: [] }],
      },
      {
        type: 'function_call',
        id: 'fc_4',
        call_id: 'call_5',
        name: 'look',
        arguments: '{"at":1}',
        status: 'completed',
      },
    ],
    usage: {
      input_tokens: 20,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 25,
    },
  });
});

test('a call with free text is streamed as one of its own kind', async () => {
  await using server = await serve(
    modelOf([{ type: 'customCall', name: 'apply_patch', input: '*** Begin' }]),
  );
  const all = await events(await post(server, ask));
  const place = { item_id: 'ctc_2', output_index: 0 };
  const item = { type: 'custom_tool_call', id: 'ctc_2', call_id: 'call_3', name: 'apply_patch' };

  expect(all.slice(2, 6)).toMatchObject([
    { type: 'response.output_item.added', item: { ...item, input: '' } },
    { type: 'response.custom_tool_call_input.delta', ...place, delta: '*** Begin' },
    { type: 'response.custom_tool_call_input.done', ...place, input: '*** Begin' },
    { type: 'response.output_item.done', item: { ...item, input: '*** Begin' } },
  ]);
});

test('without streaming the response is one object', async () => {
  await using server = await serve(modelOf([{ type: 'text', delta: 'hello' }]));
  const response = await post(server, { model: 'm', input: [{ role: 'user', content: 'hi' }] });

  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await response.json()).toMatchObject({
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text: 'hello' }] }],
  });
});

test.for<{ name: string; body: unknown; param: string | null; code: string }>([
  { name: 'not JSON', body: '{', param: null, code: 'invalid_json' },
  {
    name: 'nested without an end',
    body: '{"input":'.repeat(2000),
    param: null,
    code: 'invalid_json',
  },
  { name: 'no object', body: '[]', param: null, code: 'invalid_json' },
  { name: 'no model', body: { input: 'hi' }, param: 'model', code: 'missing_required_parameter' },
  { name: 'no input', body: { model: 'm' }, param: 'input', code: 'missing_required_parameter' },
  {
    name: 'a number as model',
    body: { model: 5, input: 'hi' },
    param: 'model',
    code: 'invalid_value',
  },
  {
    name: 'a text as tools',
    body: { model: 'm', input: 'hi', tools: 'x' },
    param: 'tools',
    code: 'invalid_value',
  },
  {
    name: 'a call without its id',
    body: { model: 'm', input: [{ type: 'function_call', name: 'f', arguments: '' }] },
    param: 'input.0.call_id',
    code: 'invalid_value',
  },
  {
    name: 'a response that is not kept',
    body: { model: 'm', input: 'hi', previous_response_id: 'resp_0' },
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  },
  {
    name: 'a temperature of 3',
    body: { model: 'm', input: 'hi', temperature: 3 },
    param: 'temperature',
    code: 'invalid_value',
  },
  {
    name: 'work in the background',
    body: { model: 'm', input: 'hi', background: true },
    param: 'background',
    code: 'invalid_value',
  },
  {
    name: 'too few tokens to say anything',
    body: { model: 'm', input: 'hi', max_output_tokens: 1 },
    param: 'max_output_tokens',
    code: 'invalid_value',
  },
  {
    name: 'a tool that has to be called and is not there',
    body: { model: 'm', input: 'hi', tool_choice: { type: 'function', name: 'look' } },
    param: 'tool_choice',
    code: 'invalid_value',
  },
  {
    name: 'a choice of no tools',
    body: { model: 'm', input: 'hi', tool_choice: 'required' },
    param: 'tool_choice',
    code: 'invalid_value',
  },
  {
    name: 'a format without a schema',
    body: { model: 'm', input: 'hi', text: { format: { type: 'json_schema', name: 'n' } } },
    param: 'text.format.schema',
    code: 'invalid_value',
  },
])(
  'a body with $name is refused with 400 and the name of the field',
  async ({ body, param, code }) => {
    await using server = await serve(modelOf([]));
    const response = await post(server, body);

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: { type: 'invalid_request_error', message: expect.any(String) as string, param, code },
    });
  },
);

test('a body beyond the limit is refused with 413 while it is still being sent', async () => {
  await using server = await serve(modelOf([]));
  const socket = connect(Number(server.url.port), '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write('POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: 40000000\r\n\r\n');
  socket.write(Buffer.alloc(33 * 1024 * 1024, 'x'));
  const [reply] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();

  expect(reply.toString()).toMatch(/^HTTP\/1\.1 413 .*request_too_large/su);
});

const refusal = {
  type: 'fail',
  status: 429,
  code: 'rate_limit_exceeded',
  message: 'slow down',
} as const;

test('a failure before anything was said is an HTTP status', async () => {
  await using server = await serve(modelOf([refusal]));
  const response = await post(server, ask);

  expect(response.status).toBe(429);
  expect(await response.json()).toMatchObject({
    error: { code: 'rate_limit_exceeded', message: 'slow down' },
  });
});

test('a failure in the middle closes what is open and ends the response as failed', async () => {
  await using server = await serve(modelOf([{ type: 'text', delta: 'so' }, refusal]));
  const all = await events(await post(server, ask));

  expect(all.slice(-2)).toMatchObject([
    { type: 'response.output_item.done' },
    { type: 'response.failed', response: { status: 'failed', error: { message: 'slow down' } } },
  ]);
});

test('a model that throws is a failed response and not a dead server', async () => {
  await using server = await serve(
    modelOf([{ type: 'text', delta: 'so' }], () => Promise.reject(new Error('bug'))),
  );
  const all = await events(await post(server, ask));

  expect(all.at(-1)).toMatchObject({
    type: 'response.failed',
    response: { error: { code: 'server_error' } },
  });
  expect((await fetch(new URL('/v1/models', server.url))).status).toBe(200);
});

test('a cut breaks the connection after what was said before', async () => {
  await using server = await serve(modelOf([{ type: 'text', delta: 'so' }, { type: 'cut' }]));
  const response = await post(server, ask);

  let text = '';
  const read = async (): Promise<void> => {
    for await (const bytes of response.body ?? []) text += new TextDecoder().decode(bytes);
  };

  await expect(read()).rejects.toThrow('terminated');
  expect(text).toContain('"delta":"so"');
});

test('the model is stopped as soon as the client goes away', async () => {
  const { promise: stopped, resolve } = Promise.withResolvers<string>();
  await using server = await serve(
    modelOf([{ type: 'text', delta: 'so' }], async (signal) => {
      await once(signal, 'abort');
      resolve('stopped');
    }),
  );
  const leave = new AbortController();
  const response = await fetch(new URL('/v1/responses', server.url), {
    method: 'POST',
    body: JSON.stringify(ask),
    signal: leave.signal,
  });
  await response.body?.getReader().read();
  leave.abort();

  expect(await stopped).toBe('stopped');
});

test('the model waits for a client that does not read', async () => {
  let said = 0;
  await using server = await serve({
    async *respond(_request, signal) {
      while (!signal.aborted) {
        said += 1;
        yield { type: 'text', delta: 'x'.repeat(64 * 1024) };
      }
    },
  });
  const socket = connect(Number(server.url.port), '127.0.0.1').pause();
  const body = JSON.stringify(ask);
  socket.write(
    `POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await expect.poll(() => said).toBeGreaterThan(1);
  let before = -1;
  // Stands still once the buffers of both sides are full.
  await expect
    .poll(
      () => {
        const still = said === before;
        before = said;
        return still;
      },
      { interval: 100 },
    )
    .toBe(true);
  socket.destroy();
});

test('the models are listed as OpenAI does, and in detail where a client asks so', async () => {
  await using server = await serve(modelOf([]));
  const plain = (await (await fetch(new URL('/v1/models', server.url))).json()) as Json;
  const detailed = (await (
    await fetch(new URL('/v1/models?client_version=1', server.url))
  ).json()) as Json;

  expect(plain).toEqual({
    object: 'list',
    data: [{ id: 'parley-practice', object: 'model', created: 0, owned_by: 'parley' }],
  });
  expect(detailed).toMatchObject({ ...plain, models: [{ slug: 'parley-practice' }] });
});
