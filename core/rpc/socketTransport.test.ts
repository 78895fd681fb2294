import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

import { MAX_UNREAD_BYTES, UNREAD_REASON } from './sendLimit.ts';
import { createSocketTransport } from './socketTransport.ts';

const servers: WebSocketServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

const MIB = 1024 * 1024;
const sound = (bytes: number) => ({ method: 'sound', params: { data: 'A'.repeat(bytes) } });

/** A client over a real socket, and the engine's end of it. */
async function connected() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  servers.push(server);
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [socket] = await accepted;
  await once(client, 'open');
  const transport = createSocketTransport(socket, () => undefined);
  const reasons: (string | undefined)[] = [];
  const closed = new Promise<void>((resolve) => {
    transport.onClose = (reason) => {
      reasons.push(reason);
      resolve();
    };
  });
  return { client, socket, transport, reasons, closed };
}

test('a client that stops reading is let go at the limit, and is told why when it reads on', async () => {
  const { client, socket, transport, reasons, closed } = await connected();
  client.pause();
  let most = 0;
  for (let sent = 0; sent < 4 * MAX_UNREAD_BYTES; sent += MIB) {
    transport.send(sound(MIB));
    most = Math.max(most, socket.bufferedAmount);
  }
  expect(reasons).toEqual([]);
  await closed;
  let received = 0;
  client.on('message', () => {
    received += 1;
  });
  client.resume();
  const [code, reason] = (await once(client, 'close')) as [number, Buffer];

  expect(most).toBeLessThan(MAX_UNREAD_BYTES + 3 * MIB);
  expect({ code, reason: String(reason) }).toEqual({ code: 1013, reason: UNREAD_REASON });
  expect(received * MIB).toBeGreaterThanOrEqual(MAX_UNREAD_BYTES);
  expect(reasons).toEqual([UNREAD_REASON]);
});

test('a message above the limit, and those after it, reach a client that reads', async () => {
  const { client, transport, reasons } = await connected();
  const lengths: number[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  client.on('message', (data: Buffer) => {
    if (lengths.push(data.length) === 3) resolve();
  });
  const length = Buffer.byteLength(JSON.stringify(sound(0)));
  for (const bytes of [2 * MAX_UNREAD_BYTES, 1, 2]) transport.send(sound(bytes));
  await all;

  expect(lengths).toEqual([length + 2 * MAX_UNREAD_BYTES, length + 1, length + 2]);
  expect(reasons).toEqual([]);
});
