import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock } from '../../core/base/index.ts';
import type { Engine } from '../../core/index.ts';
import { createSocketAcceptor, closeHttp, listenHttp, refuseUpgrade } from '../engine/index.ts';
import { readAppFile } from '../page/index.ts';
import { answerUpgrade, isOwnHost } from '../shell/index.ts';

export type BrowserHostOptions = {
  /** The folder with the built page. */
  readonly pageFolder: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** May still be starting: the page is served meanwhile, and its socket waits. */
  readonly engine: Promise<Engine>;
  readonly clock: Clock;
};

export type BrowserHost = {
  /** The address to open, with the token that lets the page in. */
  readonly url: string;
  readonly port: number;
  /** Ends listening and every connection, not the engine; closing twice does nothing. */
  close(): Promise<void>;
};

const LOOPBACK = '127.0.0.1';

/**
 * Serves the page and its JSON-RPC socket on loopback. Any web page in the user's browser can reach
 * this port, so the socket asks for our own origin and for the token of the start-up address.
 */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const token = randomBytes(24).toString('base64url');
  const acceptor = createSocketAcceptor(options.engine, options.clock, true);
  let port = options.port;
  const server = createServer((request, response) => {
    void answer(request, response, options.pageFolder, port);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = addressOf(request);
    const verdict = answerUpgrade({
      host: request.headers.host,
      origin: request.headers.origin,
      port,
      pathname: url?.pathname ?? '',
      isTokenRight: isSameToken(url?.searchParams.get('token') ?? '', token),
    });
    if (verdict === 'accepted') acceptor.accept(request, socket, head);
    else refuseUpgrade(socket, verdict);
  });
  port = await listenHttp(server, LOOPBACK, options.port);
  let closing: Promise<void> | undefined;
  return {
    url: `http://${LOOPBACK}:${port}/?token=${token}`,
    port,
    close: () => {
      closing ??= closeHttp(server, acceptor);
      return closing;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pageFolder: string,
  port: number,
): Promise<void> {
  if (!isOwnHost(request.headers.host, port)) {
    response.writeHead(403).end();
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const file = await readAppFile(pageFolder, rawPath(request));
  response.writeHead(file.status, { ...file.headers, 'Content-Length': file.body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

/** The path as sent: a parsed URL would have tidied away the tricks that must be refused. */
function rawPath(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function addressOf(request: IncomingMessage): URL | null {
  return URL.parse(request.url ?? '', `http://${LOOPBACK}`);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time; hashing first makes the lengths equal. */
function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}
