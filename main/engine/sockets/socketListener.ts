import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import type { Clock } from '../../../core/base/index.ts';
import type { Engine } from '../../../core/index.ts';
import { createSocketTransport, MAX_MESSAGE_BYTES } from '../../../core/rpc/index.ts';
import { keepAlive } from './keepAlive.ts';
import { hostInUrl } from './listenAddress.ts';
import { listenHttp } from './listenHttp.ts';

const GOODBYE_MS = 250;

/** Makes the WebSocket half of a host: no compression, bounded frames, upgrades handed over by hand. */
export function createSocketAcceptor(engine: Promise<Engine>, clock: Clock): SocketAcceptor {
  // Whoever started the engine hears of its failure; here it must not count as unhandled.
  engine.catch(() => undefined);
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  return {
    accept: (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (client) => {
        void connect(client, engine, clock);
      });
    },
    closeAll: async () => {
      const ends = Array.from(sockets.clients, (client) => {
        client.close(1001, 'Parley is ending');
        return new Promise((resolve) => {
          client.once('close', resolve);
        });
      });
      // A client that does not say goodbye must not keep the process from ending.
      const impatience = clock.after(GOODBYE_MS, () => {
        for (const client of sockets.clients) client.terminate();
      });
      await Promise.all(ends);
      impatience.cancel();
    },
  };
}

export type SocketAcceptor = {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Says goodbye to every client and resolves when they are gone, soon in any case. */
  closeAll(): Promise<void>;
};

async function connect(client: WebSocket, engine: Promise<Engine>, clock: Clock): Promise<void> {
  // What the client says before the engine is up waits in the socket.
  client.pause();
  client.on('error', () => undefined);
  keepAlive(client, clock);
  try {
    const running = await engine;
    if (client.readyState === client.OPEN) {
      running.connect(createSocketTransport(client, () => undefined));
    }
  } catch {
    // The host that started the engine reports why; the client only needs to know that it is over.
    client.close(1011, 'The engine could not start');
  } finally {
    // A paused socket would not even see its own end.
    client.resume();
  }
}

/** Refuses an upgrade in plain HTTP and hangs up. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Stops listening, hangs up and resolves when everything is closed; closing twice does nothing. */
export async function closeHttp(server: Server, acceptor: SocketAcceptor): Promise<void> {
  const closed = new Promise((resolve) => {
    server.close(resolve);
  });
  await acceptor.closeAll();
  server.closeAllConnections();
  await closed;
}

export type Listener = { readonly url: string; close(): Promise<void> };

/**
 * `app-server --listen ws://IP:PORT` (app-server §1): any path upgrades, a request that names an
 * `Origin` comes from a web page and is refused, `/readyz` and `/healthz` answer 200.
 */
export async function listenForClients(
  engine: Promise<Engine>,
  address: { readonly host: string; readonly port: number },
  clock: Clock,
): Promise<Listener> {
  const acceptor = createSocketAcceptor(engine, clock);
  const server = createServer((request, response) => {
    response.statusCode = statusOf(request);
    response.end();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.origin === undefined) acceptor.accept(request, socket, head);
    else refuseUpgrade(socket, '403 Forbidden');
  });
  const port = await listenHttp(server, address.host, address.port);
  return {
    url: `ws://${hostInUrl(address.host)}:${port}`,
    close: () => closeHttp(server, acceptor),
  };
}

function statusOf(request: IncomingMessage): number {
  if (request.headers.origin !== undefined) return 403;
  const isProbe = request.url === '/readyz' || request.url === '/healthz';
  return request.method === 'GET' && isProbe ? 200 : 400;
}
