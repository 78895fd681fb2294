import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type WebSocket, WebSocketServer } from 'ws';

import { messageAnswer } from '../../../../core/model/testing/index.ts';
import { ATTACKS, type AttackName } from '../cells.ts';

/** Which attack a provider makes; `none` is the one that answers. */
export type Behaviour = AttackName | 'none';

/** What a provider does where it does not do as it should. */
export type PeerWays = {
  readonly onPost?: (
    behaviour: Behaviour,
    response: ServerResponse,
    request: IncomingMessage,
  ) => void;
  readonly onGet?: (behaviour: Behaviour, response: ServerResponse) => void;
  readonly onSocket?: (behaviour: Behaviour, socket: WebSocket) => void;
};

export type HostilePeer = AsyncDisposable & {
  /** A provider's base address for each behaviour. */
  readonly baseUrl: (behaviour: Behaviour) => string;
};

/** The answer that says hello, as a stream. */
export const ANSWER_EVENTS: readonly string[] = messageAnswer('Hello there').map((event) =>
  JSON.stringify(event),
);
export const ANSWER_STREAM: readonly string[] = ANSWER_EVENTS.map((event) => `data: ${event}\n\n`);

/** A server on loopback whose path says how it behaves; it answers well where nothing else is said. */
export async function listenAsPeer(ways: PeerWays): Promise<HostilePeer> {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer((request, response) => {
    request.resume();
    // The engine hangs up on whatever it has given up.
    response.on('error', () => undefined);
    const behaviour = behaviourOf(request);
    if (request.method === 'GET') {
      if (ways.onGet === undefined) response.end('{"models":[],"data":[]}');
      else ways.onGet(behaviour, response);
    } else if (ways.onPost === undefined) {
      response.setHeader('content-type', 'text/event-stream').end(ANSWER_STREAM.join(''));
    } else {
      ways.onPost(behaviour, response, request);
    }
  }).listen(0, '127.0.0.1');
  server.on('upgrade', (request: IncomingMessage, stream, head) => {
    stream.on('error', () => undefined);
    if (ways.onSocket === undefined) {
      stream.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', () => undefined);
      ways.onSocket?.(behaviourOf(request), socket);
    });
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: (behaviour) => `http://127.0.0.1:${port}/${pathOf(behaviour)}/v1`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const pathOf = (behaviour: Behaviour): string => behaviour.replace(' ', '_');

const behaviourOf = ({ url = '' }: IncomingMessage): Behaviour =>
  ATTACKS.find((attack) => url.startsWith(`/${pathOf(attack)}/`)) ?? 'none';
