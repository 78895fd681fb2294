import assert from 'node:assert/strict';

import { normalizeContext } from '@earendil-works/pi-ai';
import { stream } from '@earendil-works/pi-ai/api/openai-responses';

import { attempt, finish, serverUrl, sum, sumAnswer } from './kit.mjs';

const model = {
  id: 'any',
  name: 'Parley',
  api: 'openai-responses',
  provider: 'parley',
  baseUrl: serverUrl,
  reasoning: false,
  input: ['text'],
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  contextWindow: 100_000,
  maxTokens: 4096,
};
const user = (content) => ({ role: 'user', content, timestamp: Date.now() });
const run = (context) => stream(model, normalizeContext(context), { apiKey: 'any' });
const textOf = ({ content }) =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('');

await attempt('text', async () => {
  const answer = await run({ messages: [user(sum)] }).result();
  assert.equal(answer.stopReason, 'stop', answer.errorMessage);
  assert.match(textOf(answer), sumAnswer);
});

await attempt('stream', async () => {
  const deltas = [];
  for await (const event of run({ messages: [user(sum)] })) {
    if (event.type === 'text_delta') deltas.push(event.delta);
  }
  assert.match(deltas.join(''), sumAnswer);
  assert.ok(deltas.length > 3);
});

await attempt('tool call', async () => {
  const tools = [
    {
      name: 'get_weather',
      description: 'Tells the weather',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  ];
  const question = user('How is the weather?');
  const called = await run({ messages: [question], tools }).result();
  const call = called.content.find(({ type }) => type === 'toolCall');
  assert.equal(call?.name, 'get_weather');
  const output = {
    role: 'toolResult',
    toolCallId: call.id,
    toolName: call.name,
    content: [{ type: 'text', text: 'sunny' }],
    isError: false,
    timestamp: Date.now(),
  };
  const answer = await run({ messages: [question, called, output], tools }).result();
  assert.match(textOf(answer), /`get_weather` says: sunny/u);
});

finish();
