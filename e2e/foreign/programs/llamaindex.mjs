import assert from 'node:assert/strict';

import { openaiResponses } from '@llamaindex/openai';
import { tool } from 'llamaindex';
import * as z from 'zod';

import { attempt, finish, serverUrl, sum, sumAnswer } from './kit.mjs';

const llm = openaiResponses({ model: 'any', apiKey: 'any', baseURL: serverUrl });
const ask = (content) => [{ role: 'user', content }];

await attempt('text', async () => {
  const { message } = await llm.chat({ messages: ask(sum) });
  assert.match(String(message.content), sumAnswer);
});

await attempt('stream', async () => {
  const chunks = [];
  for await (const chunk of await llm.chat({ messages: ask(sum), stream: true })) {
    chunks.push(chunk.delta);
  }
  assert.match(chunks.join(''), sumAnswer);
  assert.ok(chunks.length > 3);
});

await attempt('tool call', async () => {
  const getWeather = tool(async () => 'sunny', {
    name: 'get_weather',
    description: 'Tells the weather',
    parameters: z.object({ city: z.string() }),
  });
  const messages = ask('How is the weather?');
  const { newMessages, toolCalls } = await llm.exec({ messages, tools: [getWeather] });
  assert.equal(toolCalls[0]?.name, 'get_weather');
  const answer = await llm.chat({ messages: [...messages, ...newMessages], tools: [getWeather] });
  assert.match(String(answer.message.content), /`get_weather` says: sunny/u);
});

finish();
