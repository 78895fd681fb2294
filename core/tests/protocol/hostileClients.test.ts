import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';

import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

import { messageAnswer } from '../../model/testing/index.ts';
import { systemClock } from '../../platform/index.ts';
import {
  createLineTransport,
  createMemoryTransportPair,
  createSocketTransport,
  MAX_MESSAGE_BYTES,
} from '../../rpc/index.ts';
import { RpcProbe, startTestEngine, type TestEngine, turnEnded } from '../../testing/index.ts';

/** One client of the engine on a wire of its own, which also takes what no client should send. */
type Door = {
  readonly probe: RpcProbe;
  write(text: string): void;
  close(): void;
};

/** The engine's end is as its hosts make it; frames have the hosts' bound. */
async function overSocket({ engine }: TestEngine): Promise<Door> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: MAX_MESSAGE_BYTES });
  server.on('connection', (socket) => {
    engine.connect(createSocketTransport(socket, () => undefined));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(socket, 'open');
  return {
    probe: new RpcProbe(createSocketTransport(socket, () => undefined)),
    write: (text) => {
      socket.send(text);
    },
    close: () => {
      socket.terminate();
      server.close();
    },
  };
}

async function overLines({ engine }: TestEngine): Promise<Door> {
  const [toEngine, toClient] = [new PassThrough(), new PassThrough()];
  const wire = { clock: systemClock, onUnreadable: () => undefined };
  engine.connect(createLineTransport({ ...wire, input: toEngine, output: toClient }));
  const client = createLineTransport({ ...wire, input: toClient, output: toEngine });
  return Promise.resolve({
    probe: new RpcProbe(client),
    write: (text: string) => {
      toEngine.write(`${text}\n`);
    },
    close: () => {
      toEngine.end();
    },
  });
}

const DEEP = `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`;
const tooDeep = {
  code: -32600,
  message: 'Invalid request: the message is nested deeper than 128 levels',
};

describe.each([
  ['a WebSocket', overSocket],
  ['lines', overLines],
] as const)('over %s', (_wire, open) => {
  test.each([
    ['turn/start', 'outputSchema'],
    ['thread/start', 'config'],
    ['no/such/method', 'anything'],
  ] as const)('10 kB of nesting in %s is refused, and everybody goes on', async (method, field) => {
    const scripts = [[{ events: messageAnswer('Hello') }]];
    await using bench = await startTestEngine({ scripts });
    const other = await bench.client();
    const door = await open(bench);
    await door.probe.hello('hostile', { experimentalApi: true });
    const threadId = await door.probe.thread();

    const params = `{"threadId":"${threadId}","input":[{"type":"text","text":"Hi"}],"${field}":${DEEP}}`;
    door.write(`{"method":"${method}","id":77,"params":${params}}`);
    // The same without an id that could be answered, and as an answer.
    door.write(`{"method":"${method}","params":${params}}`);
    door.write(`{"id":77,"result":${DEEP}}`);
    expect(await door.probe.ask('thread/loaded/list', {})).toHaveProperty('result');

    const refused = door.probe.messages.filter(({ id }) => id === 77);
    expect(refused).toEqual([{ id: 77, error: tooDeep }]);
    await door.probe.turn(threadId, 'Hi');
    expect(await turnEnded(door.probe)).toMatchObject({ status: 'completed' });
    expect(await other.ask('thread/loaded/list', {})).toHaveProperty('result');
    door.close();
  });

  test('an id of 64 bits comes back as it was written, in answers and in refusals', async () => {
    await using bench = await startTestEngine();
    const door = await open(bench);
    await door.probe.hello('large', {});
    const mark = door.probe.mark;
    for (const id of ['9007199254740993', '-9223372036854775808', '9223372036854775807']) {
      // Members of other objects are called so, too, before and after the one that counts.
      const noise = '{"id":9007199254740995,"more":[{"id":9007199254740997}]}';
      door.write(`{"params":${noise},"id":${id},"method":"thread/loaded/list","trace":${noise}}`);
    }
    door.write(`{"id":9007199254740999,"method":"thread/start","params":${DEEP}}`);
    door.write('{"id":9007199254740999,"method":"nobody/knows"}');
    // None of these is an integer of 64 bits, and an answer to nothing is nothing.
    door.write('{"id":9223372036854775808,"method":"thread/loaded/list","params":{}}');
    door.write('{"id":1e30,"method":"thread/loaded/list","params":{}}');
    door.write('{"id":9007199254740993,"result":{}}');
    await door.probe.ask('thread/loaded/list', {});

    expect(door.probe.messages.slice(mark, -1)).toMatchObject([
      { id: 9_007_199_254_740_993n, result: { data: [] } },
      { id: -9_223_372_036_854_775_808n, result: { data: [] } },
      { id: 9_223_372_036_854_775_807n, result: { data: [] } },
      { id: 9_007_199_254_740_999n, error: tooDeep },
      { id: 9_007_199_254_740_999n, error: { code: -32600 } },
    ]);
    door.close();
  });

  test('what cannot be read, or is of no use, costs nobody anything', async () => {
    await using bench = await startTestEngine();
    const door = await open(bench);
    await door.probe.hello('hostile', {});
    const mark = door.probe.mark;
    for (const text of [
      '{"id":77,"method":"thread/lo',
      '{"id":77',
      '7',
      'null',
      '"x"',
      '[]',
      '{}',
      '\0\0\0',
      '{"id":null,"method":"thread/list"}',
      '{"id":1.5,"method":"thread/list","params":{}}',
      '{"id":999,"result":{}}',
      '{"id":999,"error":7}',
      '{"method":"__proto__"}',
    ]) {
      door.write(text);
    }
    door.write('{"id":77,"method":"toString","params":{}}');
    door.write('{"id":78,"method":"thread/list","params":"words"}');

    expect(await door.probe.ask('thread/loaded/list', {})).toHaveProperty('result');
    const errors = door.probe.messages.slice(mark).filter(({ error }) => error !== undefined);
    expect(errors.map(({ id, error }) => [id, error?.code])).toEqual([
      [77, -32600],
      [78, -32600],
    ]);
    door.close();
  });
});

test('a message that its wire cannot carry costs an answer at most, and nobody else', async () => {
  await using bench = await startTestEngine();
  const other = await bench.client();
  const [near, far] = createMemoryTransportPair();
  const carry = far.send.bind(far);
  far.send = (message) => {
    const isTooMuch =
      'method' in message
        ? message.method === 'thread/started'
        : 'result' in message && message.id === 1;
    if (isTooMuch) throw new RangeError('Invalid string length');
    carry(message);
  };
  bench.engine.connect(far);
  const probe = new RpcProbe(near);

  const clientInfo = { name: 'hostile', title: null, version: '1' };
  expect(await probe.ask('initialize', { clientInfo })).toEqual({
    id: 1,
    error: { code: -32603, message: 'The answer cannot be sent: Invalid string length' },
  });
  await probe.thread();
  expect(probe.all('thread/started')).toEqual([]);
  await other.notification('thread/started');
});

test('a frame above the limit ends its own connection and no other', async () => {
  await using bench = await startTestEngine();
  const other = await bench.client();
  const door = await overSocket(bench);
  await door.probe.hello('hostile', {});
  door.write(`{"id":77,"method":"${'A'.repeat(MAX_MESSAGE_BYTES)}"}`);
  await door.probe.closed;

  expect(await other.ask('thread/loaded/list', {})).toHaveProperty('result');
  door.close();
});
