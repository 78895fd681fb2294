import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

import { messageAnswer } from '../../model/testing/index.ts';
import { createSocketTransport } from '../../rpc/index.ts';
import {
  answering,
  asked,
  askingScripts,
  COLOUR,
  RpcProbe,
  startTestEngine,
  talk,
  type TestEngine,
} from '../../testing/index.ts';

type Link = AsyncDisposable & {
  readonly probe: RpcProbe;
  readonly socket: WebSocket;
  readonly unreadable: string[];
};

/** A client of the engine over a real WebSocket. */
async function connectSocket({ engine }: TestEngine): Promise<Link> {
  const unreadable: string[] = [];
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => {
    engine.connect(createSocketTransport(socket, (problem) => unreadable.push(problem)));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/any/path`);
  await once(socket, 'open');
  return {
    probe: new RpcProbe(createSocketTransport(socket, () => undefined)),
    socket,
    unreadable,
    async [Symbol.asyncDispose]() {
      socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a turn runs over a socket, and frames that are no text or no JSON are dropped', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  await using link = await connectSocket(bench);
  const { probe, socket, unreadable } = link;

  socket.send('this is not JSON');
  socket.send(Buffer.from('{"id":1,"method":"initialize"}'), { binary: true });
  socket.send('{"id":1,"method":"thread/list"}{"id":2,"method":"thread/list"}');
  await probe.hello('socket', {});
  await probe.turn(await probe.thread(), 'Hi');

  expect(await probe.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });
  expect(unreadable).toHaveLength(2);
  expect(probe.messages[0]).toMatchObject({ id: 1, result: {} });
});

test('sound and talk go both ways over a socket, in order', async () => {
  await using bench = await startTestEngine();
  await using link = await connectSocket(bench);
  const { probe } = link;
  await probe.hello('socket', { experimentalApi: true });
  const threadId = await probe.thread();
  const server = await talk(bench, probe, threadId);
  const chunks = Array.from({ length: 200 }, (_, n) => Buffer.alloc(960, n).toString('base64'));

  chunks.forEach((data, n) => {
    const audio = { data, sampleRate: 24_000, numChannels: 1 };
    probe.send({ id: `a${n}`, method: 'thread/realtime/appendAudio', params: { threadId, audio } });
  });
  await server.frame('input_audio_buffer.append', chunks.length);
  expect(server.of('input_audio_buffer.append').map(({ audio }) => audio)).toEqual(chunks);

  server.send(
    ...chunks.map((delta) => ({
      type: 'response.output_audio.delta',
      item_id: 'a1',
      response_id: 'r1',
      delta,
    })),
  );
  await probe.notification('thread/realtime/outputAudio/delta', chunks.length);
  const played = probe.all('thread/realtime/outputAudio/delta').map(({ audio }) => audio);
  expect(played).toMatchObject(chunks.map((data) => ({ data })));
});

test('a socket that is cut takes nothing down: the voice goes on for who comes next', async () => {
  await using bench = await startTestEngine();
  await using link = await connectSocket(bench);
  const { probe, socket } = link;
  await probe.hello('socket', { experimentalApi: true });
  const threadId = await probe.thread();
  const server = await talk(bench, probe, threadId);
  socket.terminate();
  await probe.closed;

  const next = await bench.client();
  await next.call('thread/resume', { threadId });
  server.send({ type: 'response.output_text.delta', item_id: 'a', response_id: 'r', delta: 'Hi' });
  expect(await next.notification('thread/realtime/transcript/delta')).toMatchObject({
    delta: 'Hi',
  });
});

test('a question outlives the socket it was asked on, and is answered over the next one', async () => {
  await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
  await using first = await connectSocket(bench);
  await first.probe.hello('socket', {});
  const threadId = await first.probe.thread();
  await first.probe.turn(threadId, 'Paint it');
  const request = await asked(first.probe);
  first.socket.terminate();
  await first.probe.closed;

  await using next = await connectSocket(bench);
  await next.probe.hello('socket', {});
  await next.probe.call('thread/resume', { threadId });
  const again = await asked(next.probe);
  expect(again).toEqual(request);
  next.probe.send(answering(again.id, 'Teal'));
  expect(await next.probe.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });
});

test('a client that stops reading is let go with a reason, and the others hear everything', async () => {
  await using bench = await startTestEngine();
  await using sleeper = await connectSocket(bench);
  await using reader = await connectSocket(bench);
  await sleeper.probe.hello('sleeper', { experimentalApi: true });
  await reader.probe.hello('reader', { experimentalApi: true });
  const threadId = await reader.probe.thread();
  const server = await talk(bench, reader.probe, threadId);
  await sleeper.probe.call('thread/resume', { threadId });
  const goodbye = once(sleeper.socket, 'close') as Promise<[number, Buffer]>;

  sleeper.socket.pause();
  const delta = Buffer.alloc(768 * 1024).toString('base64');
  for (let chunk = 1; chunk <= 60; chunk += 1) {
    server.send({ type: 'response.output_audio.delta', item_id: 'a', response_id: 'r', delta });
    await reader.probe.notification('thread/realtime/outputAudio/delta', chunk);
  }
  sleeper.socket.resume();
  const [code, reason] = await goodbye;

  expect({ code, reason: String(reason) }).toEqual({
    code: 1013,
    reason: 'More than 32 MiB were left unread. Connect again, resume the thread and read it.',
  });
  const heard = sleeper.probe.all('thread/realtime/outputAudio/delta').length;
  expect(heard).toBeGreaterThanOrEqual(32);
  expect(heard).toBeLessThan(60);
  expect(await readFile(join(bench.home, 'log', 'parley.log'), 'utf8')).toMatch(
    /"client":"sleeper".*Dropped a client that does not read/u,
  );

  await using again = await connectSocket(bench);
  await again.probe.hello('sleeper', { experimentalApi: true });
  expect(await again.probe.call('thread/resume', { threadId })).toMatchObject({
    thread: { id: threadId },
  });
});
