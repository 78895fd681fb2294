import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as immediate } from 'node:timers/promises';

import { expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

import { ManualClock } from '../../core/base/testing/index.ts';
import { connectWebSocketWire } from './webSocketWire.ts';
import type { RealtimeConnectError, RealtimeWire, WireClose } from './wire.ts';

const CONNECT_TIMEOUT_MS = 10_000;

type Bench = AsyncDisposable & {
  readonly clock: ManualClock;
  connect(signal?: AbortSignal): Promise<RealtimeWire>;
};

/** A server that does with an upgrade what the test says, and a way to it. */
async function startBench(
  onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<Bench> {
  const clock = new ManualClock();
  const server: Server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    sockets.add(socket);
  });
  server.on('upgrade', onUpgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    clock,
    connect: (signal) =>
      connectWebSocketWire({
        url: new URL(`ws://127.0.0.1:${port}/v1/realtime`),
        headers: {},
        clock,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        ...(signal === undefined ? {} : { signal }),
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A wire to a server of the test's own, with the far end in its hands. */
async function startPair(
  options: { readonly autoPong?: boolean } = {},
): Promise<Bench & { readonly wire: RealtimeWire; readonly far: WebSocket }> {
  const upgrades = new WebSocketServer({ noServer: true, ...options });
  const far = Promise.withResolvers<WebSocket>();
  const bench = await startBench((request, socket, head) => {
    upgrades.handleUpgrade(request, socket, head, far.resolve);
  });
  return { ...bench, wire: await bench.connect(), far: await far.promise };
}

const closeOf = (wire: RealtimeWire): Promise<WireClose> =>
  new Promise((resolve) => {
    wire.onClose = resolve;
  });

const failure = async (connecting: Promise<RealtimeWire>): Promise<RealtimeConnectError> =>
  connecting.then(
    () => {
      throw new Error('connected');
    },
    (error: unknown) => error as RealtimeConnectError,
  );

test('a refusal whose text never ends is given up in time, with what is known', async () => {
  const written = Promise.withResolvers<void>();
  await using bench = await startBench((_request, socket) => {
    socket.write('HTTP/1.1 503 No\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\nbusy', () => {
      written.resolve();
    });
  });
  const connecting = failure(bench.connect());
  await written.promise;
  // Loopback has it by now; turns of the event loop are all it takes to read it.
  for (let turn = 0; turn < 5; turn += 1) await immediate();
  bench.clock.advance(CONNECT_TIMEOUT_MS);
  const { failure: reason, retryable } = await connecting;

  expect(reason).toEqual({ kind: 'status', status: 503, body: 'busy', retryAfter: '7' });
  expect(retryable).toBe(true);
  expect(bench.clock.pending).toBe(0);
});

test('an endless refusal is cut off at a readable length', async () => {
  await using bench = await startBench((_request, socket) => {
    socket.write(`HTTP/1.1 500 No\r\ncontent-length: 99999999\r\n\r\n${'x'.repeat(50_000)}`);
  });

  const { failure: reason } = await failure(bench.connect());

  expect(reason).toMatchObject({ kind: 'status', status: 500, body: 'x'.repeat(500) });
});

test('a signal that was aborted before opens nothing', async () => {
  let upgrades = 0;
  await using bench = await startBench(() => {
    upgrades += 1;
  });

  const { failure: reason, retryable } = await failure(bench.connect(AbortSignal.abort()));

  expect(reason).toEqual({ kind: 'aborted' });
  expect(retryable).toBe(false);
  expect(upgrades).toBe(0);
  expect(bench.clock.pending).toBe(0);
});

test('frames arrive in order, binary ones as the text they may be', async () => {
  await using pair = await startPair();
  const { wire, far } = pair;
  const received: string[] = [];
  const third = new Promise<void>((resolve) => {
    wire.onFrame = (frame) => {
      if (received.push(frame) === 4) resolve();
    };
  });
  far.send('one');
  far.send(Buffer.from('{}'), { binary: true });
  far.send('');
  far.send('three');
  await third;

  expect(received).toEqual(['one', '{}', '', 'three']);
});

test('a wire that is held takes nothing until then, and still says goodbye', async () => {
  await using pair = await startPair();
  const { wire, far } = pair;
  const frames: string[] = [];
  const come = Promise.withResolvers<void>();
  wire.onFrame = (frame) => {
    frames.push(frame);
    come.resolve();
  };
  const until = Promise.withResolvers<void>();
  wire.hold?.(until.promise);
  wire.hold?.(until.promise);
  await new Promise((sent) => {
    far.send('held', sent);
  });
  for (let turn = 0; turn < 20; turn += 1) await immediate();
  expect(frames).toEqual([]);

  until.resolve();
  await come.promise;
  expect(frames).toEqual(['held']);

  wire.hold?.(new Promise(() => undefined));
  const closed = closeOf(wire);
  wire.close(1000, 'done');
  expect(await closed).toEqual({ code: 1000, reason: 'done' });
});

test('what the server sends with the upgrade itself waits for a listener', async () => {
  const upgrades = new WebSocketServer({ noServer: true });
  await using bench = await startBench((request, socket, head) => {
    upgrades.handleUpgrade(request, socket, head, (far) => {
      far.send('early');
      far.close(4000, 'full');
    });
  });
  const wire = await bench.connect();
  for (let turn = 0; turn < 5; turn += 1) await immediate();
  const received: string[] = [];
  const closed = closeOf(wire);
  wire.onFrame = (frame) => {
    received.push(frame);
  };

  expect(await closed).toEqual({ code: 4000, reason: 'full' });
  expect(received).toEqual(['early']);
});

test('a far side that gives no sign of life is dropped after two pings', async () => {
  await using pair = await startPair({ autoPong: false });
  const closed = closeOf(pair.wire);
  for (let n = 0; n < 3; n += 1) pair.clock.advance(20_000);

  expect(await closed).toEqual({ code: 1006, reason: '', fault: 'no sign of life for 40 s' });
  expect(pair.clock.pending).toBe(0);
});

test.for<readonly [what: string, go: (socket: Socket) => void, fault: RegExp]>([
  [
    'breaks the protocol and reads no more',
    (socket) => {
      socket.pause();
      socket.write(Buffer.alloc(64, 0xff));
    },
    /^Invalid WebSocket frame/u,
  ],
  [
    'promises more than anybody takes',
    (socket) => {
      socket.pause();
      socket.write(Buffer.of(0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0));
    },
    /^Max payload size exceeded/u,
  ],
  [
    'resets the connection in the middle of a frame',
    (socket) => {
      socket.write(Buffer.of(0x81, 126, 1, 0, 0x7b), () => {
        socket.resetAndDestroy();
      });
    },
    /cut off/u,
  ],
  [
    'ends in the middle of a frame',
    (socket) => {
      socket.end(Buffer.of(0x81, 126, 1, 0, 0x7b));
    },
    /cut off/u,
  ],
])('a far side that %s is dropped at once, with the fault', async ([, go, fault]) => {
  const upgrades = new WebSocketServer({ noServer: true });
  const raw = Promise.withResolvers<Socket>();
  await using bench = await startBench((request, socket, head) => {
    upgrades.handleUpgrade(request, socket, head, () => undefined);
    raw.resolve(socket as Socket);
  });
  const wire = await bench.connect();
  wire.onFrame = () => undefined;
  const closed = closeOf(wire);
  go(await raw.promise);

  expect(await closed).toEqual({
    code: 1006,
    reason: '',
    fault: expect.stringMatching(fault) as string,
  });
  expect(bench.clock.pending).toBe(0);
});

test('a far side that answers pings is kept', async () => {
  await using pair = await startPair();
  const pings = pair.far;
  for (let n = 0; n < 5; n += 1) {
    const pinged = once(pings, 'ping');
    pair.clock.advance(20_000);
    await pinged;
    // The pong is on its way; a frame behind it tells when it has arrived.
    const echoed = new Promise<void>((resolve) => {
      pair.wire.onFrame = () => {
        resolve();
      };
    });
    pair.far.send('still here');
    await echoed;
  }

  expect(pair.far.readyState).toBe(pair.far.OPEN);
});

test('a goodbye nobody answers ends after a second', async () => {
  await using pair = await startPair();
  pair.far.pause();
  const closed = closeOf(pair.wire);
  pair.wire.close(1000, 'done');
  pair.wire.close(1000, 'again');
  pair.clock.advance(999);
  expect(pair.clock.pending).toBeGreaterThan(0);
  pair.clock.advance(1);

  // Not a fault: nobody is told of a connection that was cut off.
  expect(await closed).toEqual({ code: 1006, reason: '' });
  pair.wire.send('too late');
});
