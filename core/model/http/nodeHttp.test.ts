import { getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { createNodeHttp, HttpError, type HttpRequest, type HttpResponse } from './index.ts';

type Bench = AsyncDisposable & { readonly server: Server; readonly port: number };

/** A server that speaks raw bytes. */
async function listen(onSocket: (socket: Socket) => void): Promise<Bench> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function request(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    url: new URL(url),
    headers: {},
    body: '{}',
    connectTimeoutMs: 15_000,
    headersTimeoutMs: 60_000,
    idleTimeoutMs: 300_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

async function textOf(response: HttpResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body) text += decoder.decode(bytes, { stream: true });
  return text;
}

test('a kept connection that the server closes under the next request costs nothing', async () => {
  const kept: Socket[] = [];
  await using bench = await listen((socket) => {
    let requests = 0;
    socket.on('data', () => {
      requests += 1;
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      else {
        kept.push(socket);
        socket.destroy();
      }
    });
  });
  const http = createNodeHttp({ clock: new ManualClock() });
  // A connection is kept a moment after its answer was read; until then each request gets a new one.
  for (let sent = 0; kept.length === 0 && sent < 100; sent += 1) {
    const response = await http.send(request(`http://127.0.0.1:${bench.port}/`));
    expect(await textOf(response)).toBe('ok');
    await setImmediate();
  }

  expect(kept).toHaveLength(1);
  http.close();
});

test('a peer that accepts and then never finishes the handshake meets the connect deadline', async () => {
  const clock = new ManualClock();
  const { promise: accepted, resolve } = Promise.withResolvers<Socket>();
  await using bench = await listen(resolve);
  const http = createNodeHttp({ clock });
  const sent = http
    .send(request(`https://127.0.0.1:${bench.port}/`))
    .catch((error: unknown) => error);
  await accepted;
  clock.advance(15_000);

  expect(await sent).toMatchObject({
    failure: 'connectTimeout',
    message: `127.0.0.1:${bench.port} did not accept a connection within 15 s`,
  });
  expect(clock.pending).toBe(0);
  http.close();
});

test('what does not speak HTTP is said to', async () => {
  await using bench = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  const http = createNodeHttp({ clock: new ManualClock() });

  await expect(http.send(request(`http://127.0.0.1:${bench.port}/`))).rejects.toMatchObject({
    failure: 'broken',
    message: `127.0.0.1:${bench.port} does not answer in HTTP`,
  });
  http.close();
});

test('an answer under way when the port is closed fails instead of hanging', async () => {
  await using bench = await listen((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'));
  });
  const http = createNodeHttp({ clock: new ManualClock() });
  const response = await http.send(request(`http://127.0.0.1:${bench.port}/`));
  const reading = textOf(response).catch((error: unknown) => error);
  http.close();
  http.close();

  expect(await reading).toBeInstanceOf(HttpError);
});

test('an abort while nobody reads does no harm and shows to whoever reads next', async () => {
  await using bench = await listen((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'));
  });
  const abort = new AbortController();
  const http = createNodeHttp({ clock: new ManualClock() });
  const response = await http.send(
    request(`http://127.0.0.1:${bench.port}/`, { signal: abort.signal }),
  );
  abort.abort();
  await setImmediate();

  await expect(textOf(response)).rejects.toMatchObject({ failure: 'aborted' });
  response.discard();
  response.discard();
  http.close();
});

test('many requests under one signal leave nothing behind on it', async () => {
  await using bench = await listen((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
  });
  const { signal } = new AbortController();
  const clock = new ManualClock();
  const http = createNodeHttp({ clock });
  for (let sent = 0; sent < 3; sent += 1) {
    await textOf(await http.send(request(`http://127.0.0.1:${bench.port}/`, { signal })));
  }
  const refused = http.send(request('http://127.0.0.1:1/', { signal }));
  await expect(refused).rejects.toMatchObject({ failure: 'unreachable' });

  await expect.poll(() => getEventListeners(signal, 'abort')).toEqual([]);
  expect(clock.pending).toBe(0);
  http.close();
});

test('a compressed answer that is broken says so', async () => {
  await using bench = await listen((socket) => {
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope');
    });
  });
  const http = createNodeHttp({ clock: new ManualClock() });
  const response = await http.send(request(`http://127.0.0.1:${bench.port}/`));

  await expect(textOf(response)).rejects.toMatchObject({
    failure: 'broken',
    message: `the answer of 127.0.0.1:${bench.port} is not valid gzip (Z_DATA_ERROR)`,
  });
  http.close();
});

test('a name that does not exist is named', async () => {
  const http = createNodeHttp({ clock: new ManualClock() });

  await expect(http.send(request('http://no-such-host.invalid/'))).rejects.toMatchObject({
    failure: 'unreachable',
    message: expect.stringMatching(/^no-such-host\.invalid:80 cannot be reached/u) as string,
  });
  http.close();
});

test('a server that changes the protocol unasked has not answered, and the request ends', async () => {
  await using bench = await listen((socket) => {
    socket.on('data', () => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: tea\r\n\r\nmilk',
      );
    });
  });
  const clock = new ManualClock();
  const http = createNodeHttp({ clock });

  await expect(http.send(request(`http://127.0.0.1:${bench.port}/`))).rejects.toMatchObject({
    failure: 'broken',
    message: `127.0.0.1:${bench.port} changed the protocol instead of answering`,
  });
  expect(clock.pending).toBe(0);
  http.close();
});

test('a header outside ASCII leaves as its UTF-8 bytes, encoded once, beside a body too', async () => {
  const received = Promise.withResolvers<string>();
  await using bench = await listen((socket) => {
    socket.on('data', (bytes: Buffer) => {
      received.resolve(bytes.toString('utf8'));
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  const http = createNodeHttp({ clock: new ManualClock() });
  const headers = { originator: 'Zoë 日本' };
  await textOf(await http.send(request(`http://127.0.0.1:${bench.port}/`, { headers })));

  expect(await received.promise).toContain('originator: Zoë 日本\r\n');
  http.close();
});
