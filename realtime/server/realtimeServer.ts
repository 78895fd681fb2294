import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import { type Clock, errorText, ProductError } from '../../core/base/index.ts';
import type { SpeechVoice } from '../audio/index.ts';
import { admitSession, checkVisitor, REALTIME_PATH, refuse, type Refused } from './admission.ts';
import type { ConversationBrain, TranscriberPort } from './brain.ts';
import { SessionConnection } from './connection.ts';
import { watchSocket } from './keepAlive.ts';
import { warmUpVoice } from './responseRunner.ts';
import { newSession } from './sessionConfig.ts';

/** One more path of the same server; requests reach it only with the key and from allowed origins. */
export type HttpRoute = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse, url: URL): void | Promise<void>;
};

export type RealtimeServerLogEntry = {
  readonly level: 'info' | 'warn';
  readonly message: string;
};

export type RealtimeServerOptions = {
  /** Address to listen on; 127.0.0.1 unless told. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** When set, every request must bring it as a bearer key. */
  readonly apiKey?: string;
  /** Stays the caller's: closing the server does not close the voice. */
  readonly voice: SpeechVoice;
  readonly clock: Clock;
  /** Fresh ids of letters, digits, `_` and `-` that begin with the prefix. */
  readonly newId: (prefix: string) => string;
  readonly brain: ConversationBrain;
  readonly transcriber?: TranscriberPort;
  readonly routes?: readonly HttpRoute[];
  /** How long a session may last; 60 minutes, as in the API. */
  readonly sessionLimitMs?: number;
  onLog?(entry: RealtimeServerLogEntry): void;
};

export type RealtimeServer = {
  /** Base address of the API, ending in `/v1`. */
  readonly url: URL;
  readonly port: number;
  /** Ends every session with code 1001 and stops listening. Closing twice does nothing more. */
  close(): Promise<void>;
};

/** The server could not listen where it was told to. */
class RealtimeServerListenError extends ProductError {
  readonly code: 'portInUse' | 'cannotListen';
  readonly retryable = false;

  constructor(code: 'portInUse' | 'cannotListen', message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const SESSION_LIMIT_MS = 60 * 60_000;
/** An append may carry 15 MiB of sound, which base64 makes a third larger. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;
const CLOSE_DEADLINE_MS = 1000;

/**
 * Starts a Realtime API server on a real socket (realtime-v2 §21). Throws a `ProductError` with the
 * code `portInUse` or `cannotListen` when it cannot.
 */
export async function startRealtimeServer(options: RealtimeServerOptions): Promise<RealtimeServer> {
  const host = options.host ?? '127.0.0.1';
  const server = createHttpServer(options.tls);
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: (offered) => (offered.has('realtime') ? 'realtime' : false),
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answerRequest(options, request, response);
  });
  sockets.once('connection', () => {
    void warmUpVoice(options.voice);
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    openSession(options, sockets, { request, stream, head });
  });
  await listen(server, host, options.port ?? 0);
  server.on('error', (error) => {
    options.onLog?.({ level: 'warn', message: `the server met an error: ${error.message}` });
  });
  const { port } = addressOf(server);
  const scheme = options.tls === undefined ? 'http' : 'https';
  const name = host.includes(':') ? `[${host}]` : host;
  let closing: Promise<void> | undefined;
  return {
    url: new URL(`${scheme}://${name}:${port}/v1`),
    port,
    close: async () => {
      closing ??= closeAll(server, sockets);
      await closing;
    },
  };
}

type Upgrade = {
  readonly request: IncomingMessage;
  readonly stream: Duplex;
  readonly head: Buffer;
};

function openSession(
  options: RealtimeServerOptions,
  sockets: WebSocketServer,
  { request, stream, head }: Upgrade,
): void {
  const visitor = { url: requestUrl(request), headers: request.headers };
  const admission = checkVisitor(visitor, options.apiKey) ?? admitSession(visitor);
  if (admission.kind === 'refused') {
    refuseUpgrade(stream, admission);
    return;
  }
  const { clock, newId, voice, brain, transcriber } = options;
  sockets.handleUpgrade(request, stream, head, (socket) => {
    request.socket.setNoDelay(true);
    const log = (message: string): void => options.onLog?.({ level: 'warn', message });
    watchSocket(socket, clock, log);
    const expiresAtMs = clock.nowMs() + (options.sessionLimitMs ?? SESSION_LIMIT_MS);
    const session = {
      ...newSession(newId('sess'), admission.model, expiresAtMs),
      type: admission.type,
    };
    const recogniser = transcriber === undefined ? {} : { transcriber };
    logLife(options, socket, session.id);
    sockets.emit('connection', socket, request);
    // It lives as long as its socket, whose listeners hold it.
    void new SessionConnection(socket, { session, clock, newId, voice, brain, log, ...recogniser });
  });
}

function logLife(options: RealtimeServerOptions, socket: WebSocket, sessionId: string): void {
  options.onLog?.({ level: 'info', message: `session ${sessionId} opened` });
  socket.on('close', (code) => {
    options.onLog?.({ level: 'info', message: `session ${sessionId} closed with code ${code}` });
  });
}

async function answerRequest(
  options: RealtimeServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = requestUrl(request);
  const refused = checkVisitor({ url, headers: request.headers }, options.apiKey);
  if (refused !== undefined) {
    writeRefusal(response, refused);
    return;
  }
  const routes = options.routes?.filter(({ path }) => path === url.pathname) ?? [];
  const route = routes.find(({ method }) => method === request.method);
  try {
    if (route === undefined) writeRefusal(response, explainMissing(url, routes.length > 0));
    else await route.handle(request, response, url);
  } catch (error) {
    options.onLog?.({ level: 'warn', message: `${url.pathname} failed: ${errorText(error)}` });
    if (response.headersSent) response.destroy();
    else writeRefusal(response, refuse(500, 'server_error', 'The server failed on this request.'));
  }
}

function explainMissing(url: URL, knownPath: boolean): Refused {
  if (url.pathname === REALTIME_PATH) {
    return refuse(426, 'upgrade_required', 'Sessions are WebSockets: ask for an upgrade.');
  }
  return knownPath
    ? refuse(405, 'method_not_allowed', `${url.pathname} does not take this method.`)
    : refuse(404, 'not_found', `Unknown path: ${url.pathname}.`);
}

function writeRefusal(response: ServerResponse, { status, body }: Refused): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuseUpgrade(stream: Duplex, { status, body }: Refused): void {
  const json = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(json)}`,
    'Connection: close',
  ];
  // A visitor that hangs up first is no reason to end the process.
  stream.on('error', () => stream.destroy());
  stream.end(`${head.join('\r\n')}\r\n\r\n${json}`);
}

function requestUrl(request: IncomingMessage): URL {
  return URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/');
}

function createHttpServer(tls: RealtimeServerOptions['tls']): Server {
  if (tls === undefined) return createServer();
  try {
    return createTlsServer(tls);
  } catch (error) {
    const message = `The TLS key or certificate cannot be used: ${errorText(error)}`;
    throw new RealtimeServerListenError('cannotListen', message, error);
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw inUse
      ? new RealtimeServerListenError(
          'portInUse',
          `Port ${port} on ${host} is in use; choose another one or stop the program that has it.`,
          error,
        )
      : new RealtimeServerListenError(
          'cannotListen',
          `Cannot listen on ${host} port ${port}: ${errorText(error)}`,
          error,
        );
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Not a TCP server');
  return address;
}

async function closeAll(server: Server, sockets: WebSocketServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => {
    resolve();
  });
  for (const socket of sockets.clients) socket.close(1001, 'server is closing');
  const deadline = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
  }, CLOSE_DEADLINE_MS);
  server.closeIdleConnections();
  await promise;
  clearTimeout(deadline);
}
