import OpenAI, { NotFoundError } from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';

import { type PracticeServer, startPracticeApi } from '../../testing/index.ts';

// OpenAI's own package, `openai`, against the built-in server.

let server: PracticeServer;
let client: OpenAI;
beforeAll(async () => {
  server = await startPracticeApi();
  client = new OpenAI({ baseURL: server.url.href, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => server[Symbol.asyncDispose]());

const model = 'any';
const sum = 'what is 2 + 3?';
const getWeather = zodResponsesFunction({
  name: 'get_weather',
  parameters: z.object({ city: z.string() }),
});

describe('openai', () => {
  test('asks and gets a text', async () => {
    const response = await client.responses.create({ model, input: sum });

    expect(response.output_text).toContain('`2 + 3` is **5**.');
    expect(response.usage?.input_tokens_details).toEqual({
      cached_tokens: 0,
      cache_write_tokens: 0,
    });
  });

  test('streams a text and puts it together', async () => {
    const stream = client.responses.stream({ model, input: sum });
    let text = '';
    stream.on('response.output_text.delta', ({ delta }) => (text += delta));
    const response = await stream.finalResponse();

    expect(response.output_text).toContain('`2 + 3` is **5**.');
    expect(text).toBe(response.output_text);
  });

  test('has its function called and hands the output back', async () => {
    const asked = { model, input: 'How is the weather?', tools: [getWeather] };
    const first = await client.responses.parse(asked);
    const [call] = first.output;
    if (call?.type !== 'function_call') throw new Error('No function was called');
    const second = await client.responses.create({
      model,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: 'sunny' }],
    });

    expect(call.parsed_arguments).toEqual({ city: 'sample city' });
    expect(second.output_text).toContain('`get_weather` says: sunny');
  });

  test('gets what fits its schema', async () => {
    const Person = z.object({ name: z.string(), age: z.int().min(0).max(120) });
    const { output_parsed: person } = await client.responses.parse({
      model,
      input: 'Who is it?',
      text: { format: zodTextFormat(Person, 'person') },
    });

    expect(Person.safeParse(person)).toMatchObject({ success: true });
  });

  test('reads, lists and deletes what was kept, and looks up models', async () => {
    const { id } = await client.responses.create({ model, input: sum });
    const read = await client.responses.retrieve(id);
    const { data: items } = await client.responses.inputItems.list(id);
    await client.responses.delete(id);
    const { data: models } = await client.models.list();

    expect(read.output_text).toContain('**5**');
    expect(items).toMatchObject([{ type: 'message', role: 'user' }]);
    await expect(client.responses.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
    expect(await client.models.retrieve(models[0]?.id ?? '')).toEqual(models[0]);
  });

  test('is told what it did wrong', async () => {
    await expect(
      client.responses.create({ model, input: sum, max_output_tokens: 1 }),
    ).rejects.toMatchObject({ status: 400, param: 'max_output_tokens', code: 'invalid_value' });
  });

  test('goes on over a WebSocket', async () => {
    const socket = new ResponsesWS(client);
    const ends: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on('response.completed', ({ response }) => {
      ends.push(response.id);
      if (ends.length === 2) resolve();
      else
        socket.send({
          type: 'response.create',
          model,
          input: sum,
          previous_response_id: response.id,
        });
    });
    socket.on('error', (error) => {
      throw error;
    });
    socket.send({ type: 'response.create', model, input: 'hi', store: false });
    await promise;
    socket.close();
    const last = await client.responses.retrieve(ends[1] ?? '');

    expect(last.previous_response_id).toBe(ends[0]);
    expect(last.output_text).toContain('**5**');
  });
});
