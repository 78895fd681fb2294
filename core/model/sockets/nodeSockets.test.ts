import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { createNodeSockets, type ModelSocket, type SocketPort } from '../index.ts';
import { type ScriptedSocket, startScriptedUpstream } from '../testing/index.ts';

const MIB = 1024 * 1024;

type Pair = AsyncDisposable & {
  readonly clock: ManualClock;
  readonly port: SocketPort;
  readonly near: ModelSocket;
  readonly far: ScriptedSocket;
};

async function startPair(): Promise<Pair> {
  const clock = new ManualClock();
  const upstream = await startScriptedUpstream([]);
  const port = createNodeSockets({ clock });
  const opening = await port.connect({
    url: new URL('responses', upstream.url.href.replace('http', 'ws')),
    headers: { originator: 'Zürich 東京' },
    connectTimeoutMs: 1000,
    signal: new AbortController().signal,
  });
  if (opening.kind === 'refused') throw new Error(`refused with ${opening.status}`);
  const far = await upstream.sockets.connection(1);
  return {
    clock,
    port,
    near: opening.socket,
    far,
    async [Symbol.asyncDispose]() {
      port.close();
      await upstream.close();
    },
  };
}

test('frames go both ways, large ones compressed, and headers keep their letters', async () => {
  await using pair = await startPair();
  const { near, far } = pair;
  await near.send(JSON.stringify({ type: 'long', text: 'é'.repeat(MIB) }));
  far.send('first', 'é'.repeat(8 * MIB));

  expect((await far.frame(1))['text']).toHaveLength(MIB);
  expect(far.headers['originator']).toBe(Buffer.from('Zürich 東京', 'utf8').toString('latin1'));
  expect(await near.receive(1000)).toBe('first');
  expect(await near.receive(1000)).toHaveLength(8 * MIB);
});

test('frames that nobody waits for are held back at the sender after a while, and none is lost', async () => {
  await using pair = await startPair();
  const { near, far } = pair;
  const count = 5000;
  for (let n = 0; n < count; n += 1) far.send(String(n));
  const read: string[] = [];
  while (read.length < count) read.push(await near.receive(1000));

  expect(read).toEqual(Array.from({ length: count }, (_, n) => String(n)));
});

test('a frame larger than anything sensible ends the connection, though the server reads no more', async () => {
  await using pair = await startPair();
  const { near, far } = pair;
  far.stall();
  // 2^40 bytes are announced; not one of them has to be sent.
  far.sendRaw(Uint8Array.of(0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0));

  await expect(near.receive(1000)).rejects.toMatchObject({ code: 'http', failure: 'broken' });
  expect(near.isOpen).toBe(false);
});

test('it pings every 20 s and goes on as long as there are answers', async () => {
  await using pair = await startPair();
  const { clock, near, far } = pair;
  for (let n = 1; n <= 10; n += 1) {
    clock.advance(20_000);
    await far.ping(n);
    await far.roundTrip();
  }

  expect(near.isOpen).toBe(true);
});

test('two unanswered pings end it, and whoever waits hears why', async () => {
  await using pair = await startPair();
  const { clock, near, far } = pair;
  let ends = 0;
  near.onEnd = () => {
    ends += 1;
  };
  far.stall();
  const waiting = near.receive(600_000);
  clock.advance(60_000);

  await expect(waiting).rejects.toThrow('gave no sign of life for 40 s');
  expect([near.isOpen, ends]).toEqual([false, 1]);
});

test('a request the far side does not take has a deadline', async () => {
  await using pair = await startPair();
  const { clock, near, far } = pair;
  far.stall();
  // More than all buffers of the system hold; it cannot be compressed away either.
  const noise = Array.from({ length: 40 }, () => crypto.getRandomValues(new Uint8Array(65_536)));
  const text = noise
    .map((bytes) => Buffer.from(bytes).toString('base64'))
    .join('')
    .repeat(8);
  const sending = near.send(text);
  clock.advance(61_000);

  await expect(sending).rejects.toMatchObject({ code: 'http', failure: 'broken' });
  await expect(near.send('more')).rejects.toMatchObject({ code: 'http' });
});

test('a large frame that is still coming is a sign of life', async () => {
  await using pair = await startPair();
  const { clock, near, far } = pair;
  const text = 'x'.repeat(1000);
  const header = Uint8Array.of(0x81, 126, 0x03, 0xe8);
  const waiting = near.receive(2000);
  let ended = false;
  waiting.then(
    () => undefined,
    () => {
      ended = true;
    },
  );
  far.sendRaw(header);
  for (let at = 0; at < 1000; at += 100) {
    far.sendRaw(Buffer.from(text.slice(at, at + 100)));
    // Nothing tells when single bytes have arrived, so this waits for the connection itself.
    await new Promise((resolve) => setTimeout(resolve, 5));
    clock.advance(1800);
  }

  expect(await waiting).toBe(text);
  expect(ended).toBe(false);
});

test.for<[string, (pair: Pair) => void, string]>([
  [
    'the far side closes it',
    ({ far }) => far.close(1011, 'out of order'),
    'code 1011: out of order',
  ],
  ['the far side cuts it', ({ far }) => far.cut(), 'broke|closed'],
  ['it is dropped', ({ near }) => near.drop(), 'given up'],
  ['everything is closed', ({ port }) => port.close(), 'given up'],
])('whoever waits hears of it when %s, and so does the next', async ([, happen, why]) => {
  await using pair = await startPair();
  const waiting = pair.near.receive(1000);
  happen(pair);

  await expect(waiting).rejects.toThrow(new RegExp(why, 'u'));
  await expect(pair.near.receive(1000)).rejects.toThrow(new RegExp(why, 'u'));
  pair.near.drop();
  pair.port.close();
});

test('a refusal comes with its status, headers and text', async () => {
  await using upstream = await startScriptedUpstream([]);
  upstream.sockets.next({ refuse: 429, headers: { 'retry-after': '7' }, body: 'slow down' });
  const port = createNodeSockets({ clock: new ManualClock() });

  expect(
    await port.connect({
      url: new URL(upstream.url.href.replace('http', 'ws')),
      headers: {},
      connectTimeoutMs: 1000,
      signal: new AbortController().signal,
    }),
  ).toMatchObject({
    kind: 'refused',
    status: 429,
    headers: { 'retry-after': '7' },
    body: 'slow down',
  });
});
