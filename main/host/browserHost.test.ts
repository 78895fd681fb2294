import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';

import { expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { ManualClock } from '../../core/base/testing/index.ts';
import { createSocketAcceptor } from '../engine/index.ts';
import { FakeEngine } from '../testing/index.ts';
import { type BrowserHost, refuseSocket, startBrowserHost, type Upgrade } from './index.ts';

async function withHost(
  run: (
    host: BrowserHost,
    engine: FakeEngine,
    more: { door: { isRunning: boolean }; clock: ManualClock },
  ) => Promise<void>,
): Promise<void> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-host-'));
  const pageFolder = join(folder.path, 'app');
  await mkdir(join(pageFolder, 'assets'), { recursive: true });
  await writeFile(join(folder.path, 'secret.txt'), 'outside');
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html>');
  await writeFile(join(pageFolder, 'assets', 'index-B1c2D3e4.js'), 'export {};');
  await writeFile(join(pageFolder, 'assets', 'plain.css'), '');
  const engine = new FakeEngine();
  const clock = new ManualClock();
  const acceptor = createSocketAcceptor(Promise.resolve(engine), clock, { isOwner: true });
  const door = {
    isRunning: true,
    connect: (upgrade: Upgrade) => {
      if (door.isRunning) acceptor.accept(upgrade.request, upgrade.socket, upgrade.head);
      else refuseSocket(upgrade);
    },
  };
  const host = await startBrowserHost({ pageFolder, port: 0, engine: door, clock });
  try {
    await run(host, engine, { door, clock });
  } finally {
    await acceptor.closeAll();
    host.close();
  }
}

/** `fetch` tidies paths and owns the Host header, so tricks need a plain request. */
async function get(
  host: BrowserHost,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
) {
  const sent = request({ host: '127.0.0.1', port: host.port, path, headers, method });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response;
}

const socketUrl = (host: BrowserHost, token: string): string =>
  `ws://127.0.0.1:${host.port}/rpc?token=${token}`;
const tokenOf = (host: BrowserHost): string => new URL(host.url).searchParams.get('token') ?? '';
const originOf = (host: BrowserHost): string => new URL(host.url).origin;

async function refusal(url: string, origin?: string): Promise<number | undefined> {
  const socket = new WebSocket(url, origin === undefined ? {} : { origin });
  socket.on('error', () => undefined);
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  socket.on('unexpected-response', (sent, response) => {
    resolve(response.statusCode);
    sent.destroy();
  });
  socket.on('open', () => {
    resolve(undefined);
    socket.terminate();
  });
  return promise;
}

test('serves the page on loopback under the shipped policy', () =>
  withHost(async (host) => {
    const response = await fetch(host.url);

    expect(await response.text()).toBe('<!doctype html>');
    expect(new URL(host.url).hostname).toBe('127.0.0.1');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
  }));

test('lets browsers keep files whose names carry a hash, and only those', () =>
  withHost(async (host) => {
    const hashed = await get(host, '/assets/index-B1c2D3e4.js');
    const plain = await get(host, '/assets/plain.css');

    expect(hashed.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(hashed.headers['cache-control']).toContain('immutable');
    expect(plain.headers['cache-control']).toBe('no-store');
  }));

test.for([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/..%5csecret.txt',
  '/assets',
  '/missing.js',
])('gives nothing for %s, under the same policy', (path) =>
  withHost(async (host) => {
    const response = await get(host, path);

    expect(response.statusCode).toBe(404);
    expect(response.headers['content-security-policy']).toContain("default-src 'none'");
  }),
);

test('answers HEAD without a body and refuses other methods', () =>
  withHost(async (host) => {
    expect((await get(host, '/', {}, 'HEAD')).headers['content-length']).toBe('15');
    expect((await get(host, '/', {}, 'POST')).statusCode).toBe(405);
  }));

test('refuses a name that was made to point here', () =>
  withHost(async (host) => {
    const response = await get(host, '/', { Host: `evil.example:${host.port}` });

    expect(response.statusCode).toBe(403);
  }));

test('connects our page to the engine', () =>
  withHost(async (host, engine) => {
    const connected = engine.nextConnection();
    const socket = new WebSocket(socketUrl(host, tokenOf(host)), { origin: originOf(host) });
    const connection = await connected;
    connection.send({ method: 'hello' });
    const [data] = (await once(socket, 'message')) as [Buffer];

    expect(JSON.parse(data.toString())).toEqual({ method: 'hello' });
    socket.terminate();
    await connection.until(() => connection.isClosed);
  }));

test('lets nobody else in', () =>
  withHost(async (host, engine) => {
    const right = socketUrl(host, tokenOf(host));

    expect(await refusal(socketUrl(host, ''), originOf(host))).toBe(401);
    expect(await refusal(socketUrl(host, `${tokenOf(host)}x`), originOf(host))).toBe(401);
    expect(await refusal(right, 'https://evil.example')).toBe(403);
    expect(await refusal(right)).toBe(403);
    expect(await refusal(right.replace('/rpc', '/other'), originOf(host))).toBe(404);
    expect(engine.connections).toEqual([]);
  }));

test('every start has a token of its own', () =>
  withHost((first) =>
    withHost(async (second) => {
      expect(tokenOf(first)).toMatch(/^[\w-]{32}$/u);
      expect(tokenOf(first)).not.toBe(tokenOf(second));
    }),
  ));

test('refuses the page’s socket while there is no engine, and tells the page that asks why', () =>
  withHost(async (host, _engine, { door }) => {
    const right = `/rpc?token=${tokenOf(host)}`;

    expect((await get(host, right)).statusCode).toBe(204);
    expect((await get(host, '/rpc?token=of-an-earlier-start')).statusCode).toBe(401);
    expect((await get(host, right, { Host: 'evil.example' })).statusCode).toBe(403);
    door.isRunning = false;
    expect((await get(host, right)).statusCode).toBe(503);
    expect(await refusal(socketUrl(host, tokenOf(host)), originOf(host))).toBe(503);
    door.isRunning = true;
    expect(await refusal(socketUrl(host, tokenOf(host)), originOf(host))).toBeUndefined();
  }));

const pathOf = (url: string): string => url.slice(new URL(url).origin.length);

test('shows a browser in by an address that lets in once, soon, and from here alone', () =>
  withHost(async (host, _engine, { clock }) => {
    const path = pathOf(host.openingUrl());
    expect(path).not.toContain(tokenOf(host));

    expect((await get(host, path, { Host: `evil.example:${host.port}` })).statusCode).toBe(403);
    expect((await get(host, path, {}, 'HEAD')).statusCode).toBe(404);
    const first = await get(host, path);
    expect([first.statusCode, first.headers.location]).toEqual([303, `/?token=${tokenOf(host)}`]);
    expect(first.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    expect((await get(host, path)).statusCode).toBe(404);
    expect((await get(host, '/open?ticket=guessed')).statusCode).toBe(404);
    expect((await get(host, '/open')).statusCode).toBe(404);
    const late = pathOf(host.openingUrl());
    clock.advance(120_000);
    expect((await get(host, late)).statusCode).toBe(404);
  }));

/** The first line of what another user of this machine is answered. */
async function getAsNobody(host: BrowserHost, path: string): Promise<string> {
  const script = `exec 3<>/dev/tcp/127.0.0.1/${host.port}
    printf 'GET %s HTTP/1.1\\r\\nHost: 127.0.0.1:%s\\r\\n\\r\\n' '${path}' ${host.port} >&3
    read -r line <&3; printf '%s' "$line"`;
  const child = spawn('/bin/bash', ['-c', script], { uid: 65_534, cwd: '/' });
  return (await text(child.stdout)).trim();
}

// Only root may start a program as somebody else.
test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
  'another user who reads the address among a program’s arguments neither comes in nor spends it',
  () =>
    withHost(async (host) => {
      const path = pathOf(host.openingUrl());

      expect(await getAsNobody(host, path)).toBe('HTTP/1.1 404 Not Found');
      expect((await get(host, path)).statusCode).toBe(303);
    }),
);

test('ends twice without a fault', () =>
  withHost(async (host) => {
    host.close();
    host.close();

    await expect(fetch(host.url)).rejects.toThrow('fetch failed');
  }));
