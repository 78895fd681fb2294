import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import type { Clock } from '../../../core/base/index.ts';
import type { Engine } from '../../../core/index.ts';
import { createSocketTransport, MAX_MESSAGE_BYTES } from '../../../core/rpc/index.ts';
import { watchSocket } from '../../../realtime/transport/index.ts';
import { accessRefusal, type AccessRefusal, checkListener } from './listenAccess.ts';
import { hostInUrl } from './listenAddress.ts';
import { listenHttp } from './listenHttp.ts';
import { refuseUpgrade } from './refuseUpgrade.ts';
import type { TokenCheck } from './socketAuth.ts';

const GOODBYE_MS = 250;

/** More clients than anybody has at a time; each may have a message of 32 MiB on its way. */
const MAX_CLIENTS = 128;

/** Who comes in through an acceptor. */
export type SocketAdmission = {
  /** Whether whoever comes in has shown that the engine is theirs. */
  readonly isOwner: boolean;
  /** Lines for the answer to an upgrade. */
  readonly headers?: readonly string[];
  /** The folder that a client works in, where it tells. */
  readonly folderOf?: (headers: IncomingHttpHeaders) => string | undefined;
};

/** Makes the WebSocket half of a host: no compression, bounded frames, upgrades handed over by hand. */
export function createSocketAcceptor(
  engine: Promise<Pick<Engine, 'connect'>>,
  clock: Clock,
  admission: SocketAdmission,
): SocketAcceptor {
  // Whoever started the engine hears of its failure; here it must not count as unhandled.
  engine.catch(() => undefined);
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  sockets.on('headers', (headers) => {
    headers.push(...(admission.headers ?? []));
  });
  return {
    accept: (request, socket, head) => {
      if (sockets.clients.size >= MAX_CLIENTS) {
        const words = `${MAX_CLIENTS} clients are connected already; let one of them go first.`;
        refuseUpgrade(socket, '503 Service Unavailable', words);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => {
        const cwd = admission.folderOf?.(request.headers);
        void connect(client, { engine, clock, isOwner: admission.isOwner, cwd });
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

async function connect(
  client: WebSocket,
  {
    engine,
    clock,
    isOwner,
    cwd,
  }: {
    readonly engine: Promise<Pick<Engine, 'connect'>>;
    readonly clock: Clock;
    readonly isOwner: boolean;
    readonly cwd: string | undefined;
  },
): Promise<void> {
  // What the client says before the engine is up waits in the socket.
  client.pause();
  client.on('error', () => undefined);
  watchSocket(client, clock, () => undefined);
  try {
    const running = await engine;
    if (client.readyState === client.OPEN) {
      running.connect(
        createSocketTransport(client, () => undefined),
        { isOwner, ...(cwd !== undefined && { cwd }) },
      );
    }
  } catch {
    // The host that started the engine reports why; the client only needs to know that it is over.
    client.close(1011, 'The engine could not start');
  } finally {
    // A paused socket would not even see its own end.
    client.resume();
  }
}

/** Stops listening, hangs up and resolves when everything is closed; closing twice does nothing. */
async function closeHttp(server: Server, acceptor: SocketAcceptor): Promise<void> {
  const closed = new Promise((resolve) => {
    server.close(resolve);
  });
  await acceptor.closeAll();
  server.closeAllConnections();
  await closed;
}

export type Listener = { readonly url: string; close(): Promise<void> };

/**
 * `app-server --listen ws://IP:PORT` (app-server §1): any path upgrades for whoever may come in,
 * `/readyz` and `/healthz` answer 200. Throws a `CommandError` where a network could come in without a
 * token.
 */
export async function listenForClients(
  engine: Promise<Pick<Engine, 'connect'>>,
  address: {
    readonly host: string;
    readonly port: number;
    readonly token?: TokenCheck | undefined;
  },
  clock: Clock,
): Promise<Listener> {
  const { host, token } = address;
  checkListener(host, token);
  const acceptor = createSocketAcceptor(engine, clock, { isOwner: token !== undefined });
  let { port } = address;
  const refusalOf = (
    { headers }: IncomingMessage,
    asked: TokenCheck | undefined,
  ): AccessRefusal | undefined =>
    accessRefusal(headers, { host, port, token: asked }, clock.nowMs());
  const server = createServer((request, response) => {
    // Probes carry no token, and learn nothing but that somebody listens.
    response.statusCode = refusalOf(request, undefined) === undefined ? probeStatus(request) : 403;
    response.end();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refusalOf(request, token);
    if (refusal === undefined) acceptor.accept(request, socket, head);
    else refuseUpgrade(socket, refusal.status, refusal.words);
  });
  port = await listenHttp(server, host, port);
  return {
    url: `ws://${hostInUrl(host)}:${port}`,
    close: () => closeHttp(server, acceptor),
  };
}

/** What a request that is no upgrade is answered with (app-server §1). */
export function probeStatus(request: IncomingMessage): number {
  const isProbe = request.url === '/readyz' || request.url === '/healthz';
  return request.method === 'GET' && isProbe ? 200 : 400;
}
