import { createOpenAI, type OpenAIProvider } from '@ai-sdk/openai';
import { generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';

import { type PracticeServer, startPracticeApi } from '../../testing/index.ts';

// `ai` with `@ai-sdk/openai` against the built-in server.

let server: PracticeServer;
let openai: OpenAIProvider;
beforeAll(async () => {
  server = await startPracticeApi();
  openai = createOpenAI({ baseURL: server.url.href, apiKey: 'any' });
});
afterAll(() => server[Symbol.asyncDispose]());

const prompt = 'what is 2 + 3?';

describe('ai', () => {
  test('asks and gets a text', async () => {
    const { text, usage } = await generateText({ model: openai('gpt-5'), prompt });

    expect(text).toContain('`2 + 3` is **5**.');
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  test('streams a text', async () => {
    const { textStream } = streamText({ model: openai('gpt-5'), prompt });
    const chunks: string[] = [];
    for await (const chunk of textStream) chunks.push(chunk);

    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.join('')).toContain('`2 + 3` is **5**.');
  });

  test('runs its tool and goes on with what that said, by references to what is kept', async () => {
    const asked: string[] = [];
    const { text } = await generateText({
      model: openai('gpt-5'),
      prompt: 'How is the weather?',
      stopWhen: stepCountIs(3),
      tools: {
        getWeather: tool({
          description: 'Tells the weather',
          inputSchema: z.object({ city: z.string() }),
          execute: async ({ city }) => {
            asked.push(city);
            return 'sunny';
          },
        }),
      },
    });

    expect(asked).toEqual(['sample city']);
    expect(text).toContain('`getWeather` says: sunny');
  });

  test('gets what fits its schema', async () => {
    const schema = z.object({ name: z.string(), age: z.int().min(0).max(120) });
    const { output } = await generateText({
      model: openai('gpt-5'),
      prompt: 'Who is it?',
      output: Output.object({ schema }),
    });

    expect(schema.safeParse(output)).toMatchObject({ success: true });
  });
});
