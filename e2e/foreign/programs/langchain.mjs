import assert from 'node:assert/strict';

import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import * as z from 'zod';

import { attempt, finish, serverUrl, sum, sumAnswer } from './kit.mjs';

const model = new ChatOpenAI({
  model: 'any',
  apiKey: 'any',
  configuration: { baseURL: serverUrl },
  useResponsesApi: true,
});

await attempt('text', async () => {
  const { text, usage_metadata: usage } = await model.invoke(sum);
  assert.match(text, sumAnswer);
  assert.ok(usage !== undefined && usage.total_tokens > 0);
});

await attempt('stream', async () => {
  const chunks = [];
  for await (const chunk of await model.stream(sum)) chunks.push(chunk.text);
  assert.match(chunks.join(''), sumAnswer);
  assert.ok(chunks.length > 3);
});

await attempt('tool call', async () => {
  const getWeather = tool(async () => 'sunny', {
    name: 'get_weather',
    description: 'Tells the weather',
    schema: z.object({ city: z.string() }),
  });
  const bound = model.bindTools([getWeather]);
  const question = { role: 'user', content: 'How is the weather?' };
  const called = await bound.invoke([question]);
  assert.equal(called.tool_calls?.[0]?.name, 'get_weather');
  const output = await getWeather.invoke(called.tool_calls[0]);
  const answer = await bound.invoke([question, called, output]);
  assert.match(answer.text, /`get_weather` says: sunny/u);
});

await attempt('structured output', async () => {
  const Person = z.object({ name: z.string(), age: z.int().min(0).max(120) });
  const typed = model.withStructuredOutput(Person, { method: 'jsonSchema' });
  Person.parse(await typed.invoke('Who is it?'));
});

await attempt('kept responses', async () => {
  const first = await model.invoke(sum);
  const next = await model.invoke('and 4 + 5?', {
    previous_response_id: first.response_metadata.id,
  });
  assert.match(next.text, /`4 \+ 5` is \*\*9\*\*/u);
});

finish();
