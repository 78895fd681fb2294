import { expect, test } from 'vitest';

import { createBrowserBridge, socketAddress, takeToken } from './browserBridge.ts';

/** A socket of the browser, driven by hand. */
class FakeSocket extends EventTarget {
  readonly sent: string[] = [];
  closes = 0;
  readyState = 1;
  readonly address: string;

  constructor(address: string) {
    super();
    this.address = address;
  }

  send(frame: string): void {
    this.sent.push(frame);
  }

  close(): void {
    this.closes += 1;
  }

  happen(type: 'open' | 'close' | 'error'): void {
    this.dispatchEvent(new Event(type));
  }

  receive(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

function surroundings(href: string, status?: number) {
  const kept = new Map<string, string>();
  const addresses: string[] = [];
  const sockets: FakeSocket[] = [];
  const asked: string[] = [];
  return {
    asked,
    kept,
    addresses,
    sockets,
    around: {
      href,
      replaceAddress: (address: string) => {
        addresses.push(address);
      },
      storage: {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => {
          kept.set(key, value);
        },
      },
      openSocket: (address: string) => {
        const socket = new FakeSocket(address);
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      statusOf: async (address: string) => {
        asked.push(address);
        if (status === undefined) throw new Error('nobody there');
        return status;
      },
    },
  };
}

test('takes the token out of the address and remembers it for a reload', () => {
  const { around, addresses } = surroundings('http://127.0.0.1:8123/?token=abc&scene=x');

  expect(takeToken(around)).toBe('abc');
  expect(addresses).toEqual(['http://127.0.0.1:8123/?scene=x']);
  expect(takeToken({ ...around, href: 'http://127.0.0.1:8123/' })).toBe('abc');
});

test('speaks to the host that served the page, encrypted when the page was', () => {
  expect([
    socketAddress('http://127.0.0.1:8123/?a=1', 'a b'),
    socketAddress('https://desk.example/x', undefined),
  ]).toEqual(['ws://127.0.0.1:8123/rpc?token=a+b', 'wss://desk.example/rpc']);
});

async function opened() {
  const parts = surroundings('http://127.0.0.1:8123/?token=abc');
  const connecting = createBrowserBridge(parts.around).connect();
  const [socket] = parts.sockets;
  if (socket === undefined) throw new Error('no socket was opened');
  socket.happen('open');
  return { socket, transport: await connecting };
}

test('carries one object per text frame and passes over what is not JSON', async () => {
  const { socket, transport } = await opened();
  const got: unknown[] = [];
  transport.onMessage = (message) => got.push(message);
  transport.send({ method: 'one' });
  socket.receive('{"id":1,"result":{}}');
  socket.receive('not json');
  socket.receive(new ArrayBuffer(2));

  expect({ sent: socket.sent, got }).toEqual({
    sent: ['{"method":"one"}'],
    got: [{ id: 1, result: {} }],
  });
});

test('says once that the host went away', async () => {
  const { socket, transport } = await opened();
  let closes = 0;
  transport.onClose = () => {
    closes += 1;
  };
  socket.happen('error');
  socket.happen('close');

  expect(closes).toBe(1);
});

test('is silent after it was closed from here', async () => {
  const { socket, transport } = await opened();
  const got: unknown[] = [];
  transport.onMessage = (message) => got.push(message);
  transport.onClose = () => got.push('closed');
  transport.close();
  transport.close();
  socket.receive('{}');
  socket.happen('close');
  transport.send({ method: 'late' });

  expect({ got, sent: socket.sent }).toEqual({ got: [], sent: [] });
});

test.for([
  ['a host that is gone', undefined, 'hostGone'],
  ['a host of a later start', 401, 'addressExpired'],
  ['a host without an engine', 503, 'engineAway'],
  ['an engine that came back meanwhile', 204, 'engineAway'],
] as const)('a connection that is not taken is told as %s', async ([, status, code]) => {
  const { around, sockets, asked } = surroundings('http://127.0.0.1:8123/?token=t', status);
  const connecting = createBrowserBridge(around).connect();
  sockets[0]?.happen('error');

  await expect(connecting).rejects.toMatchObject({ code, retryable: true });
  expect(asked).toEqual(['http://127.0.0.1:8123/rpc?token=t']);
});

test('nothing is sent into a socket that is closing, although nobody was told yet', async () => {
  const { around, sockets } = surroundings('http://127.0.0.1:1/?token=t');
  const connecting = createBrowserBridge(around).connect();
  const [socket] = sockets;
  socket?.happen('open');
  const transport = await connecting;
  transport.send({ method: 'one' });
  if (socket !== undefined) socket.readyState = 2;
  transport.send({ method: 'two' });

  expect(socket?.sent).toEqual(['{"method":"one"}']);
});
