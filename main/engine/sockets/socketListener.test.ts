import { once } from 'node:events';

import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { ManualClock } from '../../../core/base/testing/index.ts';
import { FakeEngine } from '../../testing/index.ts';
import { type Listener, listenForClients } from './socketListener.ts';

const listeners: Listener[] = [];
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

async function listen(engine: Promise<FakeEngine>): Promise<string> {
  const address = { host: '127.0.0.1', port: 0 };
  const listener = await listenForClients(engine, address, new ManualClock());
  listeners.push(listener);
  return listener.url;
}

const open = async (url: string): Promise<WebSocket> => {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  return socket;
};

const refusal = async (url: string, headers: Record<string, string>): Promise<number> => {
  const socket = new WebSocket(url, { headers });
  const { promise, resolve } = Promise.withResolvers<number>();
  socket.on('unexpected-response', (request, response) => {
    resolve(response.statusCode ?? 0);
    request.destroy();
  });
  socket.on('error', () => undefined);
  return promise;
};

describe('app-server --listen', () => {
  test('connects a client on any path and carries messages both ways', async () => {
    const engine = new FakeEngine((message, connection) => {
      connection.send({ id: 1, result: message });
    });
    const socket = await open(`${await listen(Promise.resolve(engine))}/any/path`);
    socket.send('{"id":1,"method":"x"}');
    const [data] = (await once(socket, 'message')) as [Buffer];

    expect(JSON.parse(data.toString())).toEqual({ id: 1, result: { id: 1, method: 'x' } });
    socket.close();
  });

  test('keeps what a client says before the engine is up', async () => {
    const engine = new FakeEngine();
    const { promise, resolve } = Promise.withResolvers<FakeEngine>();
    const connected = engine.nextConnection();
    const socket = await open(await listen(promise));
    socket.send('{"id":1,"method":"initialize"}');
    resolve(engine);
    const connection = await connected;
    await connection.until(() => connection.received.length === 1);

    expect(connection.received).toEqual([{ id: 1, method: 'initialize' }]);
    socket.terminate();
  });

  test('ignores binary frames and frames that are not JSON', async () => {
    const engine = new FakeEngine();
    const connected = engine.nextConnection();
    const socket = await open(await listen(Promise.resolve(engine)));
    const connection = await connected;
    socket.send(Buffer.from('{"id":1,"method":"binary"}'));
    socket.send('{"id":1}{"id":2}');
    socket.send('{"id":3,"method":"text"}');
    await connection.until(() => connection.received.length === 1);

    expect(connection.received).toEqual([{ id: 3, method: 'text' }]);
    socket.terminate();
  });

  test('hangs up with a code when the engine cannot start', async () => {
    const socket = await open(await listen(Promise.reject(new Error('bad config'))));
    const [code] = (await once(socket, 'close')) as [number];

    expect(code).toBe(1011);
  });

  test('refuses in words the client that is one too many, until another goes', async () => {
    const url = await listen(Promise.resolve(new FakeEngine()));
    const clients = await Promise.all(Array.from({ length: 128 }, async () => open(url)));

    expect(await refusal(url, {})).toBe(503);
    const gone = once(clients[0] ?? (await open(url)), 'close');
    clients[0]?.close();
    await gone;
    clients.push(await open(url));
    for (const client of clients) client.terminate();
  });

  test('refuses whoever comes from a web page', async () => {
    const url = await listen(Promise.resolve(new FakeEngine()));
    const headers = { Origin: 'http://127.0.0.1' };

    expect(await refusal(url, headers)).toBe(403);
    const probe = await fetch(url.replace('ws:', 'http:').concat('/readyz'), { headers });
    expect(probe.status).toBe(403);
  });

  test('refuses a name that was made to lead to this machine', async () => {
    const url = await listen(Promise.resolve(new FakeEngine()));
    const port = new URL(url).port;

    expect(await refusal(url, { Host: `evil.example:${port}` })).toBe(403);
    expect(await refusal(url, { Host: '127.0.0.1:1' })).toBe(403);
  });

  test('does not let a network in without a token', async () => {
    const engine = Promise.resolve(new FakeEngine());
    for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
      await expect(
        listenForClients(engine, { host, port: 0 }, new ManualClock()),
      ).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining('--ws-auth capability-token') as string,
      });
    }
  });

  test('with a token lets in who shows it, as the owner, and nobody else', async () => {
    const engine = new FakeEngine();
    const connected = engine.nextConnection();
    const listener = await listenForClients(
      Promise.resolve(engine),
      { host: '0.0.0.0', port: 0, token: (token) => token === 'right' },
      new ManualClock(),
    );
    listeners.push(listener);
    const url = `ws://127.0.0.1:${new URL(listener.url).port}`;

    expect(await refusal(url, {})).toBe(401);
    expect(await refusal(url, { Authorization: 'Bearer wrong' })).toBe(401);
    expect(await refusal(url, { Authorization: 'Basic right' })).toBe(401);
    expect(await refusal(url, { Authorization: 'Bearer right', Origin: 'http://x' })).toBe(403);
    const socket = new WebSocket(url, { headers: { Authorization: 'Bearer right' } });
    await once(socket, 'open');
    expect((await connected).resumed).toEqual({ isOwner: true });
    socket.terminate();
  });

  test('without a token takes nobody for the owner', async () => {
    const engine = new FakeEngine();
    const connected = engine.nextConnection();
    const socket = await open(await listen(Promise.resolve(engine)));

    expect((await connected).resumed).toEqual({ isOwner: false });
    socket.terminate();
  });

  test.for([
    ['GET', '/readyz', 200],
    ['GET', '/healthz', 200],
    ['GET', '/', 400],
    ['POST', '/readyz', 400],
  ] as const)('answers %s %s with %i', async ([method, path, status]) => {
    const url = await listen(Promise.resolve(new FakeEngine()));

    expect((await fetch(`${url.replace('ws:', 'http:')}${path}`, { method })).status).toBe(status);
  });

  test('says in one sentence that a port is in use', async () => {
    const engine = Promise.resolve(new FakeEngine());
    const port = Number(new URL(await listen(engine)).port);
    const again = listenForClients(engine, { host: '127.0.0.1', port }, new ManualClock());

    await expect(again).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining(`Port ${port} is in use already`) as string,
    });
  });

  test('says goodbye when it ends', async () => {
    const engine = new FakeEngine();
    const listener = await listenForClients(
      Promise.resolve(engine),
      { host: '127.0.0.1', port: 0 },
      new ManualClock(),
    );
    const socket = await open(listener.url);
    const closed = once(socket, 'close');
    await listener.close();
    await listener.close();

    expect((await closed)[0]).toBe(1001);
  });
});
