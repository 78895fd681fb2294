import assert from 'node:assert/strict';

import { generateText, Output, streamText } from 'ai';
import { createCodexAppServer } from 'ai-sdk-provider-codex-cli';
import * as z from 'zod';

import { attempt, finish, parley, sum, sumAnswer } from './kit.mjs';

const provider = createCodexAppServer({ defaultSettings: { codexPath: parley } });
const { models } = await provider.listModels();
const model = provider(models[0]?.id ?? '');

await attempt('list of models', async () => {
  assert.ok(models.length > 0);
});

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

await attempt('structured output', async () => {
  const Person = z.object({ name: z.string(), age: z.int() });
  const { output } = await generateText({
    model,
    prompt: 'Who is it?',
    output: Output.object({ schema: Person }),
  });
  Person.parse(output);
});

await attempt('thread that goes on', async () => {
  const first = await generateText({
    model,
    prompt: sum,
    providerOptions: { 'codex-app-server': { threadMode: 'persistent' } },
  });
  const { threadId } = first.finalStep.providerMetadata['codex-app-server'];
  const next = await generateText({
    model,
    prompt: 'and 4 + 5?',
    providerOptions: { 'codex-app-server': { threadId } },
  });
  assert.equal(next.finalStep.providerMetadata['codex-app-server'].threadId, threadId);
  assert.match(next.text, /`4 \+ 5` is \*\*9\*\*/u);
});

await provider.close();
finish();
