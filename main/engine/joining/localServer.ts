import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

import type { Engine } from '../../../core/index.ts';
import { hostClock } from '../process/index.ts';
import { createSocketAcceptor, probeStatus, refuseUpgrade } from '../sockets/index.ts';
import { folderOf, type JoiningFacts, joiningRefusal, VERSION_HEADER } from './facts.ts';

/** Serves sockets that somebody else accepts. */
export type LocalServer = {
  take(socket: Socket): void;
  close(): Promise<void>;
};

/**
 * Serves connections of a socket that only its owner can reach (app-server §1): any path upgrades, and who comes
 * in is the user.
 */
export function createLocalServer(
  engine: Promise<Pick<Engine, 'connect'>>,
  facts: Pick<JoiningFacts, 'version' | 'env'>,
): LocalServer {
  const acceptor = createSocketAcceptor(engine, hostClock, {
    isOwner: true,
    headers: [`${VERSION_HEADER}: ${facts.version}`],
    folderOf,
  });
  const server = createServer((request, response) => {
    response.statusCode = isOfPage(request) ? 403 : probeStatus(request);
    response.end();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOfPage(request)) {
      refuseUpgrade(socket, '403 Forbidden', 'Web pages may not connect.');
      return;
    }
    const refusal = joiningRefusal(request.headers, facts);
    if (refusal === undefined) acceptor.accept(request, socket, head);
    else refuseUpgrade(socket, '409 Conflict', refusal);
  });
  return {
    take: (socket) => {
      server.emit('connection', socket);
      socket.resume();
    },
    close: async () => {
      await acceptor.closeAll();
      server.closeAllConnections();
    },
  };
}

const isOfPage = ({ headers }: IncomingMessage): boolean => headers.origin !== undefined;
