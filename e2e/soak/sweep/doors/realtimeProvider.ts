import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTick } from 'node:timers/promises';

import { type WebSocket, WebSocketServer } from 'ws';

import { ATTACKS, type AttackName, type Cell, type Door } from '../cells.ts';
import { DEEP, huge, noise, PIECE } from '../payloads.ts';
import { stopped } from '../socketCells.ts';
import { type Engine, startEngineAt } from './engineAtPeer.ts';

const UNREADABLE =
  /^The voice provider sent something unreadable \([\w .]+\); it was passed over\.$/u;
const TOO_LARGE = /^The voice connection broke: Max payload size exceeded$/u;

/** A provider of voice over a WebSocket, which the engine calls. */
export const realtimeProvider: Door = {
  name: 'voice provider over a socket',
  maxMemoryMiB: 500,
  open: async () => {
    await using opening = new AsyncDisposableStack();
    const server = createServer((_request, response) => {
      response.end('{"models":[],"data":[]}');
    });
    const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    server.on('upgrade', (request, wire: Socket, head: Buffer) => {
      wire.on('error', () => undefined);
      const name = ATTACKS.find((attack) => request.url?.startsWith(`/${pathOf(attack)}/`));
      // Silence begins with the handshake.
      if (name === 'silent') return;
      upgrades.handleUpgrade(request, wire, head, (socket) => {
        // The engine hangs up on whatever breaks the rules.
        socket.on('error', () => undefined);
        socket.once('message', () => {
          void says[name ?? 'none'](socket, wire);
        });
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    opening.defer(() => {
      for (const socket of upgrades.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const engine = await startEngineAt({
      baseUrl: (attack) => `http://127.0.0.1:${port}/${pathOf(attack)}/v1`,
      settings: [],
    });
    opening.use(engine.product);
    const resources = opening.move();
    const cell = (name: AttackName, told: Cell['told'], end: End): Cell => ({
      told,
      attack: async (stop) => talkTo(engine, name, end, stop),
    });
    return {
      product: engine.product,
      askAsOther: async () => {
        const lines = await talkTo(engine, 'none', 'heard');
        if (lines.length > 0) throw new Error(lines.join('; '));
      },
      cells: {
        deep: cell('deep', UNREADABLE, 'heard'),
        huge: cell('huge', TOO_LARGE, 'broken'),
        torn: cell('torn', /^The voice connection broke: the connection was cut off$/u, 'broken'),
        binary: cell('binary', UNREADABLE, 'heard'),
        endless: cell('endless', TOO_LARGE, 'broken'),
        slow: cell('slow', 'nothing', 'heard'),
        silent: cell('silent', 'nothing', 'stopped'),
        'wrong type': cell('wrong type', UNREADABLE, 'heard'),
      },
      [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
    };
  },
};

/** How a talk ends: after the provider was heard, by its fault, or because the user is tired of it. */
type End = 'heard' | 'broken' | 'stopped';

/** A talk in a thread of its own; resolves to what the client was told of it that went wrong. */
async function talkTo(
  { probe }: Engine,
  provider: AttackName | 'none',
  end: End,
  stop?: AbortSignal,
): Promise<readonly string[]> {
  const threadId = await probe.thread({ modelProvider: provider.replace(' ', '_') });
  const mark = probe.mark;
  const isOfThread = (params: Readonly<Record<string, unknown>>): boolean =>
    params['threadId'] === threadId;
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
  const closed = probe.notification('thread/realtime/closed', 1, isOfThread);
  if (end === 'heard') {
    await probe.notification(
      'thread/realtime/transcript/done',
      1,
      (params) => isOfThread(params) && params['text'] === WORDS,
    );
  }
  if (stop !== undefined && end !== 'broken') await stopped(stop);
  if (end !== 'broken') await probe.call('thread/realtime/stop', { threadId });
  await closed;
  await probe.ask('thread/unsubscribe', { threadId });
  return probe.messages.slice(mark).flatMap(({ method, params }) => {
    const isWord = method === 'thread/realtime/error' || method === 'thread/realtime/warning';
    return isWord && params?.['threadId'] === threadId ? [String(params['message'])] : [];
  });
}

const pathOf = (attack: AttackName | 'none'): string => attack.replace(' ', '_');

const WORDS = 'Hello there.';
const words = JSON.stringify({
  type: 'response.output_text.done',
  item_id: 'item_1',
  response_id: 'resp_1',
  text: WORDS,
});

type Speech = (socket: WebSocket, wire: Socket) => void | Promise<void>;

const frames =
  (...sent: readonly (string | Buffer)[]): Speech =>
  (socket) => {
    for (const frame of [...sent, words]) socket.send(frame);
  };

/** A frame of text as a server sends it, of at most 65,535 bytes. */
function frameOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(0x81, 126, bytes.length >> 8, bytes.length & 0xff), bytes]);
}

const says: Readonly<Record<AttackName | 'none', Speech>> = {
  none: frames(),
  deep: frames(`{"type":"conversation.item.added","item":${DEEP}}`),
  huge: (socket) => {
    socket.send(`${huge()}${huge()}`);
  },
  torn: async (_socket, wire) => {
    wire.write(frameOf(words).subarray(0, -5));
    await nextTick();
    wire.resetAndDestroy();
  },
  binary: frames(noise(100_000)),
  endless: async (socket) => {
    socket.send('"', { fin: false });
    while (socket.readyState === socket.OPEN) {
      await new Promise((sent) => {
        socket.send(PIECE, { fin: false }, sent);
      });
    }
  },
  slow: async (_socket, wire) => {
    for (const byte of frameOf(words)) {
      wire.write(Buffer.of(byte));
      await nextTick();
    }
  },
  silent: () => undefined,
  'wrong type': frames(
    '{"type":"response.output_audio.delta","delta":7,"item_id":[],"sample_rate":"fast"}',
  ),
};
