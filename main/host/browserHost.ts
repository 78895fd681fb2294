import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock } from '../../core/base/index.ts';
import { listenHttp, refuseUpgrade } from '../engine/index.ts';
import { readAppFile } from '../page/index.ts';
import { answerUpgrade, isOwnHost, RPC_PATH } from '../shell/index.ts';
import type { Upgrade } from './engineChild.ts';
import { isOwnUser } from './localPeer.ts';
import { OpenTickets } from './openTickets.ts';

export type BrowserHostOptions = {
  /** The folder with the built page. */
  readonly pageFolder: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Who takes the page's sockets; while it is away they are refused, and the page tries again. */
  readonly engine: { readonly isRunning: boolean; connect(upgrade: Upgrade): void };
  readonly clock: Clock;
};

export type BrowserHost = {
  /** The address to open, with the token that lets the page in. */
  readonly url: string;
  readonly port: number;
  /** Another address of the same page, for the arguments of a program: it lets in once, and soon. */
  openingUrl(): string;
  /** Ends listening, not the sockets that the engine has taken; closing twice does nothing. */
  close(): void;
};

const OPEN_PATH = '/open';
const LOOPBACK = '127.0.0.1';

/**
 * Serves the page and its JSON-RPC socket on loopback. Any web page in the user's browser can reach
 * this port, so the socket asks for our own origin and for the token of the start-up address.
 */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const token = randomBytes(24).toString('base64url');
  const { engine } = options;
  const mayEnter = (request: IncomingMessage): boolean =>
    isSameToken(addressOf(request)?.searchParams.get('token') ?? '', token);
  const tickets = new OpenTickets(options.clock);
  let port = options.port;
  const server = createServer((request, response) => {
    void answer(request, response, {
      pageFolder: options.pageFolder,
      port,
      stateOf: () => (mayEnter(request) ? (engine.isRunning ? 204 : 503) : 401),
      redeem: () => tickets.redeem(addressOf(request)?.searchParams.get('ticket') ?? ''),
      token,
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const verdict = answerUpgrade({
      host: request.headers.host,
      origin: request.headers.origin,
      port,
      pathname: addressOf(request)?.pathname ?? '',
      isTokenRight: mayEnter(request),
    });
    if (verdict !== 'accepted') refuseUpgrade(socket, verdict);
    else engine.connect({ request, socket, head });
  });
  port = await listenHttp(server, LOOPBACK, options.port);
  return {
    url: `http://${LOOPBACK}:${port}/?token=${token}`,
    port,
    openingUrl: () => `http://${LOOPBACK}:${port}${OPEN_PATH}?ticket=${tickets.issue()}`,
    close: () => {
      // Its end is not waited for: Node does not tell it once a process that took sockets has ended.
      server.close();
      server.closeAllConnections();
    },
  };
}

/** No engine takes this socket now; the page is to try again. */
export function refuseSocket({ socket }: Pick<Upgrade, 'socket'>): void {
  refuseUpgrade(socket, '503 Service Unavailable');
}

type Answering = {
  readonly pageFolder: string;
  readonly port: number;
  /** How a page that has no socket is told why: its address is an old one, or the engine is away. */
  readonly stateOf: () => 204 | 401 | 503;
  /** Takes the ticket that the request shows. */
  readonly redeem: () => boolean;
  readonly token: string;
};

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { pageFolder, port, stateOf, redeem, token }: Answering,
): Promise<void> {
  if (!isOwnHost(request.headers.host, port)) {
    response.writeHead(403).end();
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  if (rawPath(request) === RPC_PATH) {
    response.writeHead(stateOf(), { 'Cache-Control': 'no-store' }).end();
    return;
  }
  // A look at an address is no visit to it.
  const isVisit = rawPath(request) === OPEN_PATH && request.method === 'GET';
  // Another user, who read the ticket and is faster than the browser, neither comes in nor spends it.
  if (isVisit && (await isOwnUser(request.socket)) && redeem()) {
    const headers = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' };
    response.writeHead(303, { ...headers, Location: `/?token=${token}` }).end();
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
