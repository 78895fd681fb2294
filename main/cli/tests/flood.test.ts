import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

import { beforeAll, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

import { buildIfStale, LAUNCHER } from '../../testing/index.ts';
import { messageAnswer } from '../../../core/model/testing/index.ts';

/** Both more than a client may leave unread (32 MiB). */
const DELTAS = 200_000;
const SOUNDS = 8_000;
/** 8 kB in an event. */
const SOUND = Buffer.alloc(6_000).toString('base64');

beforeAll(buildIfStale, 120_000);

type Provider = AsyncDisposable & { readonly url: string };

async function listening(server: Server): Promise<Provider> {
  server.listen(0, '127.0.0.1');
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

/** A provider of text whose answer comes as fast as it is taken. */
function startTextProvider(): Promise<Provider> {
  const frames = messageAnswer('x').map((event) => `data: ${JSON.stringify(event)}\n\n`);
  const at = frames.findIndex((frame) => frame.includes('output_text.delta'));
  const delta = frames[at] ?? '';
  function* answer(): Generator<string> {
    yield* frames.slice(0, at);
    for (let sent = 0; sent < DELTAS; sent += 100) yield delta.repeat(100);
    yield* frames.slice(at + 1);
  }
  return listening(
    createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      Readable.from(answer()).pipe(response);
    }),
  );
}

const say = (socket: WebSocket, event: object): Promise<unknown> =>
  new Promise((sent) => {
    socket.send(JSON.stringify(event), sent);
  });

/** A provider of voice that speaks as fast as it is listened to. */
function startVoiceProvider(): Promise<Provider> {
  const server = createServer();
  const session = { id: 's', type: 'realtime' };
  const place = { response_id: 'r', item_id: 'i', output_index: 0, content_index: 0 };
  const speak = async (socket: WebSocket): Promise<void> => {
    await say(socket, { type: 'session.updated', session });
    await say(socket, { type: 'response.created', response: { id: 'r', status: 'in_progress' } });
    for (let sent = 0; sent < SOUNDS; sent += 1) {
      await say(socket, { type: 'response.output_audio.delta', ...place, delta: SOUND });
    }
    const response = { id: 'r', status: 'completed', output: [] };
    await say(socket, { type: 'response.done', response });
  };
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', () => void speak(socket));
    void say(socket, { type: 'session.created', session });
  });
  return listening(server);
}

type Line = {
  readonly id?: number;
  readonly method?: string;
  readonly result?: { readonly thread?: { readonly id: string } };
};

/** Asks an engine on stdio, reading all it says, and resolves to how often it said what until `last`. */
async function heardFrom(
  { url }: Provider,
  ask: readonly [method: string, params: object],
  last: string,
): Promise<Readonly<Record<string, number>>> {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-cli-'));
  const settings = `model = "m"\nmodel_provider = "p"\n[model_providers.p]\nname = "P"\nbase_url = "${url}"\n`;
  await writeFile(join(home.path, 'config.toml'), settings);
  const { PATH = '' } = process.env;
  const engine = spawn(process.execPath, [LAUNCHER, 'app-server'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH, HOME: home.path, PARLEY_HOME: home.path },
  });
  const ended = once(engine, 'close');
  const send = (id: number, method: string, params: object): void => {
    engine.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
  };
  const clientInfo = { name: 'reader', version: '1' };
  send(1, 'initialize', {
    clientInfo,
    capabilities: { experimentalApi: true, extensions: { parley: {} } },
  });
  send(2, 'thread/start', {});
  const heard: Record<string, number> = {};
  for await (const line of createInterface({ input: engine.stdout })) {
    // What an engine that ends has not written any more is half a line.
    if (!line.endsWith('}')) break;
    const { id, method = '', result } = JSON.parse(line) as Line;
    if (id === 2) send(3, ask[0], { threadId: result?.thread?.id, ...ask[1] });
    heard[method] = (heard[method] ?? 0) + 1;
    if (method === last) break;
  }
  engine.kill();
  await ended;
  return heard;
}

test('a client that reads is told all of an answer that comes faster than it can read', async () => {
  await using provider = await startTextProvider();
  const input = [{ type: 'text', text: 'Hi' }];

  const heard = await heardFrom(provider, ['turn/start', { input }], 'turn/completed');

  expect(heard).toMatchObject({ 'item/agentMessage/delta': DELTAS, 'turn/completed': 1 });
}, 60_000);

test('a client that listens is told all that is said faster than it can listen', async () => {
  await using provider = await startVoiceProvider();
  const start = ['thread/realtime/start', { outputModality: 'audio' }] as const;

  const heard = await heardFrom(provider, start, 'thread/realtime/response/completed');

  expect(heard).toMatchObject({ 'thread/realtime/outputAudio/delta': SOUNDS });
}, 60_000);
