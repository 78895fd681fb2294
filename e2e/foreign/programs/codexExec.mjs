import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import process from 'node:process';

import { Codex } from '@openai/codex-sdk';

import { attempt, finish, serverUrl, sum, sumAnswer } from './kit.mjs';

// codex itself, driven by its SDK, with the built-in server for its provider.

const home = process.env.CODEX_HOME ?? '';
await mkdir(home, { recursive: true });
const settings = (more) => `model = "any"
model_provider = "parley"
[model_providers.parley]
name = "Parley"
base_url = "${serverUrl}"
wire_api = "responses"
env_key = "MADE_UP_KEY"
${more}`;
const env = { ...process.env, MADE_UP_KEY: 'any' };
const options = { skipGitRepoCheck: true, sandboxMode: 'read-only' };

for (const [wire, more] of [
  ['HTTP', ''],
  ['WebSocket', 'supports_websockets = true'],
]) {
  const codex = new Codex({ env });
  await attempt(`turn by ${wire}`, async () => {
    await writeFile(`${home}/config.toml`, settings(more));
    const { finalResponse } = await codex.startThread(options).run(sum);
    assert.match(finalResponse, sumAnswer);
  });
  await attempt(`two turns by ${wire}`, async () => {
    const thread = codex.startThread(options);
    await thread.run(sum);
    const { finalResponse } = await thread.run('and 4 + 5?');
    assert.match(finalResponse, /`4 \+ 5` is \*\*9\*\*/u);
  });
}

await attempt('structured output', async () => {
  const outputSchema = {
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
    additionalProperties: false,
  };
  const { finalResponse } = await new Codex({ env })
    .startThread(options)
    .run('Who is it?', { outputSchema });
  assert.equal(typeof JSON.parse(finalResponse).name, 'string');
});

finish();
