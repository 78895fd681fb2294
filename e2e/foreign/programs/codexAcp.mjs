import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { client, methods, ndJsonStream, PROTOCOL_VERSION } from '@agentclientprotocol/sdk';

import { attempt, finish, parley, sum, sumAnswer } from './kit.mjs';

// The adapter drives Parley's `app-server`; this program is the editor that drives the adapter.

const adapter = spawn(
  process.execPath,
  [fileURLToPath(import.meta.resolve('@agentclientprotocol/codex-acp'))],
  {
    env: { ...process.env, CODEX_PATH: parley, NO_BROWSER: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  },
);
const wire = ndJsonStream(Writable.toWeb(adapter.stdin), Readable.toWeb(adapter.stdout));
const chunks = [];
const plans = [];
const editor = client({ name: 'tester' }).onNotification(
  methods.client.session.update,
  ({ params: { update } }) => {
    if (update.sessionUpdate === 'agent_message_chunk') chunks.push(update.content.text);
    if (update.sessionUpdate === 'plan') plans.push(update.entries);
  },
);

await editor.connectWith(wire, async (agent) => {
  let sessionId = '';
  await attempt('session', async () => {
    await agent.request(methods.agent.initialize, {
      protocolVersion: PROTOCOL_VERSION,
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false } },
    });
    ({ sessionId } = await agent.request(methods.agent.session.new, {
      cwd: process.cwd(),
      mcpServers: [],
    }));
    assert.notEqual(sessionId, '');
  });
  const say = (text) =>
    agent.request(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] });

  await attempt('stream', async () => {
    const { stopReason } = await say(sum);
    assert.equal(stopReason, 'end_turn');
    assert.match(chunks.join(''), sumAnswer);
    assert.ok(chunks.length > 3);
  });
  await attempt('plan', async () => {
    assert.ok(plans.length > 0);
  });
  await attempt('second turn', async () => {
    chunks.length = 0;
    await say('and 4 + 5?');
    assert.match(chunks.join(''), /`4 \+ 5` is \*\*9\*\*/u);
  });
});

const ended = once(adapter, 'close');
adapter.kill();
await ended;
finish();
