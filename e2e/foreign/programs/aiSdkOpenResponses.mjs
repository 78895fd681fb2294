import assert from 'node:assert/strict';

import { createOpenResponses } from '@ai-sdk/open-responses';
import { generateText, isStepCount, Output, streamText, tool } from 'ai';
import * as z from 'zod';

import { attempt, finish, serverUrl, sum, sumAnswer } from './kit.mjs';

const provider = createOpenResponses({
  name: 'parley',
  url: `${serverUrl}/responses`,
  apiKey: 'any',
});
const model = provider('any');

await attempt('text', async () => {
  const { text } = await generateText({ model, prompt: sum });
  assert.match(text, sumAnswer);
});

await attempt('stream', async () => {
  const chunks = [];
  for await (const chunk of streamText({ model, prompt: sum }).textStream) chunks.push(chunk);
  assert.match(chunks.join(''), sumAnswer);
  assert.ok(chunks.length > 3);
});

await attempt('tool call', async () => {
  const getWeather = tool({
    description: 'Tells the weather',
    inputSchema: z.object({ city: z.string() }),
    execute: async () => 'sunny',
  });
  const { text } = await generateText({
    model,
    prompt: 'How is the weather?',
    tools: { get_weather: getWeather },
    stopWhen: isStepCount(3),
  });
  assert.match(text, /`get_weather` says: sunny/u);
});

await attempt('structured output', async () => {
  const Person = z.object({ name: z.string(), age: z.int().min(0).max(120) });
  const { output } = await generateText({
    model,
    prompt: 'Who is it?',
    output: Output.object({ schema: Person }),
  });
  Person.parse(output);
});

finish();
