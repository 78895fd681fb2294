import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

import { beforeAll, expect, test } from 'vitest';

import { messageAnswer } from '../../../core/model/testing/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const DELTAS = 200_000;

// The launcher prefers what is built, so a build of older sources would be flooded instead of these.
beforeAll(() => {
  const build = spawnSync(process.execPath, [join(root, '.ci', 'buildIfStale.ts')], { cwd: root });
  if (build.status !== 0) throw new Error(String(build.stderr));
}, 120_000);

/** A provider whose answer comes as fast as it is taken. */
async function startFloodingProvider(): Promise<AsyncDisposable & { readonly url: string }> {
  const frames = messageAnswer('x').map((event) => `data: ${JSON.stringify(event)}\n\n`);
  const at = frames.findIndex((frame) => frame.includes('output_text.delta'));
  const delta = frames[at] ?? '';
  function* answer(): Generator<string> {
    yield* frames.slice(0, at);
    for (let sent = 0; sent < DELTAS; sent += 100) yield delta.repeat(100);
    yield* frames.slice(at + 1);
  }
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    Readable.from(answer()).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a client that reads is told all of an answer that comes faster than it can read', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-cli-'));
  await using provider = await startFloodingProvider();
  const settings = `model = "m"\nmodel_provider = "p"\n[model_providers.p]\nname = "P"\nbase_url = "${provider.url}"\n`;
  await writeFile(join(home.path, 'config.toml'), settings);
  const { PATH = '' } = process.env;
  const launcher = join(root, 'main', 'cli', 'parley.cjs');
  using engine = spawn(process.execPath, [launcher, 'app-server'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH, HOME: home.path, PARLEY_HOME: home.path },
  });
  const ask = (id: number, method: string, params: object): void => {
    engine.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
  };
  ask(1, 'initialize', { clientInfo: { name: 'reader', version: '1' } });
  ask(2, 'thread/start', {});

  let deltas = 0;
  let last: unknown;
  for await (const line of createInterface({ input: engine.stdout })) {
    const { id, method, result } = JSON.parse(line);
    if (id === 2) {
      ask(3, 'turn/start', { threadId: result.thread.id, input: [{ type: 'text', text: 'Hi' }] });
    }
    if (method === 'item/agentMessage/delta') deltas += 1;
    last = method;
    if (method === 'turn/completed') break;
  }

  expect({ deltas, last }).toEqual({ deltas: DELTAS, last: 'turn/completed' });
}, 60_000);
