import type { IncomingMessage } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';

import type { WebSocket } from 'ws';

import { type Clock, errorText } from '../../base/index.ts';
import {
  abortedError,
  connectionFailure,
  flatHeaders,
  headerBytes,
  HttpError,
} from '../http/index.ts';
import { NodeSocket } from './nodeSocket.ts';
import type { SocketOpening, SocketPort, SocketRequest } from './socketPort.ts';

export type NodeSocketsOptions = { readonly clock: Clock };

/** More than any real event; keeps a server gone mad from eating the memory. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const MAX_REFUSAL_CHARACTERS = 64 * 1024;

/** WebSockets over the network. The deadlines run on `clock`. */
export function createNodeSockets(options: NodeSocketsOptions): SocketPort {
  const closed = new AbortController();
  return {
    connect: async (request) => {
      const signal = AbortSignal.any([request.signal, closed.signal]);
      const opening = await connect(options.clock, { ...request, signal });
      if (opening.kind === 'open') {
        const { socket } = opening;
        const drop = (): void => {
          socket.drop();
        };
        closed.signal.addEventListener('abort', drop, { once: true });
        socket.whenOver(() => {
          closed.signal.removeEventListener('abort', drop);
        });
      }
      return opening;
    },
    close() {
      closed.abort();
    },
  };
}

type NodeOpening =
  | Exclude<SocketOpening, { readonly kind: 'open' }>
  | { readonly kind: 'open'; readonly socket: NodeSocket };

async function connect(clock: Clock, request: SocketRequest): Promise<NodeOpening> {
  const { url, signal } = request;
  // With the first connection: a start makes none, and most providers are asked over HTTP.
  const ws = await import('ws');
  if (signal.aborted) throw abortedError(signal);
  const { promise, resolve, reject } = Promise.withResolvers<NodeOpening>();
  const webSocket = open(ws.WebSocket, request);
  let tcpSocket: TcpSocket | undefined;
  let headers: Readonly<Record<string, string>> = {};

  const settle = (): void => {
    timer.cancel();
    signal.removeEventListener('abort', abort);
    webSocket.removeAllListeners();
    // A late error of an abandoned attempt must find a listener, or it would end the process.
    webSocket.on('error', () => undefined);
  };
  const fail = (error: HttpError): void => {
    settle();
    webSocket.terminate();
    reject(error);
  };
  const abort = (): void => {
    fail(abortedError(signal));
  };
  const timer = clock.after(request.connectTimeoutMs, () => {
    const seconds = request.connectTimeoutMs / 1000;
    fail(new HttpError('connectTimeout', `${url.host} opened no WebSocket within ${seconds} s`));
  });
  signal.addEventListener('abort', abort, { once: true });

  webSocket.on('upgrade', (response: IncomingMessage) => {
    tcpSocket = response.socket;
    headers = flatHeaders(response.headers);
  });
  webSocket.on('open', () => {
    settle();
    resolve({
      kind: 'open',
      socket: new NodeSocket({ webSocket, tcpSocket, headers, clock, url }),
    });
  });
  webSocket.on('unexpected-response', (_request, response) => {
    let body = '';
    const done = (): void => {
      settle();
      webSocket.terminate();
      const status = response.statusCode ?? 0;
      resolve({ kind: 'refused', status, headers: flatHeaders(response.headers), body });
    };
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      body += chunk;
      if (body.length > MAX_REFUSAL_CHARACTERS) done();
    });
    response.on('end', done);
    response.on('error', done);
  });
  webSocket.on('error', (error: NodeJS.ErrnoException) => {
    fail(
      error.code === undefined
        ? new HttpError('broken', `${url.host} does not speak WebSocket (${error.message})`)
        : connectionFailure(url, error),
    );
  });
  return promise;
}

function open(Socket: typeof WebSocket, request: SocketRequest): WebSocket {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, headerBytes(value)]),
  );
  try {
    // Offers to compress; ws itself switches Nagle's delay off.
    return new Socket(request.url, {
      headers,
      perMessageDeflate: true,
      maxPayload: MAX_FRAME_BYTES,
    });
  } catch (error) {
    throw new HttpError('invalid', `the WebSocket cannot be asked for: ${errorText(error)}`, {
      cause: error,
    });
  }
}
