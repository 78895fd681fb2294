import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';

import { type PracticeServer, startPracticeApi } from '../../testing/index.ts';

// `@openai/agents` against the built-in server; its realtime half has a test beside that server.

let server: PracticeServer;
let runner: Runner;
beforeAll(async () => {
  server = await startPracticeApi();
  const modelProvider = new OpenAIProvider({ apiKey: 'any', baseURL: server.url.href });
  runner = new Runner({ modelProvider, tracingDisabled: true });
});
afterAll(() => server[Symbol.asyncDispose]());

const sum = 'what is 2 + 3?';

describe('@openai/agents', () => {
  test('asks and gets a text', async () => {
    const { finalOutput } = await runner.run(new Agent({ name: 'tester' }), sum);

    expect(finalOutput).toContain('`2 + 3` is **5**.');
  });

  test('streams a text', async () => {
    const result = await runner.run(new Agent({ name: 'tester' }), sum, { stream: true });
    let text = '';
    for await (const chunk of result.toTextStream()) text += chunk;

    expect(text).toBe(result.finalOutput);
    expect(text).toContain('`2 + 3` is **5**.');
  });

  test('runs its tool and goes on with what that said', async () => {
    const asked: string[] = [];
    const getWeather = tool({
      name: 'get_weather',
      description: 'Tells the weather',
      parameters: z.object({ city: z.string() }),
      execute: async ({ city }) => {
        asked.push(city);
        return 'sunny';
      },
    });
    const agent = new Agent({ name: 'tester', tools: [getWeather] });
    const { finalOutput } = await runner.run(agent, 'How is the weather?');

    expect(asked).toEqual(['sample city']);
    expect(finalOutput).toContain('`get_weather` says: sunny');
  });

  test('gets what fits its schema', async () => {
    const Person = z.object({ name: z.string(), age: z.int().min(0).max(120) });
    const agent = new Agent({ name: 'tester', outputType: Person });
    const { finalOutput } = await runner.run(agent, 'Who is it?');

    expect(Person.safeParse(finalOutput)).toMatchObject({ success: true });
  });

  test('goes on from a response the server kept', async () => {
    const agent = new Agent({ name: 'tester' });
    const { lastResponseId: previousResponseId = '' } = await runner.run(agent, sum);
    const next = await runner.run(agent, 'and 4 + 5?', { previousResponseId });

    expect(next.finalOutput).toContain('`4 + 5` is **9**.');
  });

  test('does all that over one WebSocket', async () => {
    const modelProvider = new OpenAIProvider({
      apiKey: 'any',
      baseURL: server.url.href,
      websocketBaseURL: server.url.href.replace('http', 'ws'),
      useResponsesWebSocket: true,
    });
    const byWebSocket = new Runner({ modelProvider, tracingDisabled: true });
    const Person = z.object({ name: z.string() });
    const getWeather = tool({
      name: 'get_weather',
      description: 'Tells the weather',
      parameters: z.object({ city: z.string() }),
      execute: async () => 'sunny',
    });
    const agent = new Agent({ name: 'tester', tools: [getWeather] });
    const weather = await byWebSocket.run(agent, 'How is the weather?', { stream: true });
    await weather.completed;
    const typed = new Agent({ name: 'tester', outputType: Person });
    const person = await byWebSocket.run(typed, 'Who is it?');
    await modelProvider.close();

    expect(weather.finalOutput).toContain('`get_weather` says: sunny');
    expect(Person.safeParse(person.finalOutput)).toMatchObject({ success: true });
  });
});
