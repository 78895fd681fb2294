import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { WebSocketServer } from 'ws';

import { messageAnswer, sseEvent } from '../../model/testing/index.ts';
import { listenOnLoopback, upgradeRefusal } from '../../platform/testing/index.ts';

/** A provider with all its doors on one port, which takes what it is asked unless told to refuse. */
export type RefusingServer = AsyncDisposable & {
  readonly baseUrl: string;
  /** The keys it was shown, in order of arrival. */
  readonly keys: string[];
  /** That many of the next requests are answered with 401, in words that repeat the key. */
  refuseNext(count: number): void;
  /** Resolves once it has been asked that often. */
  asked(count: number): Promise<void>;
};

/** Text turns by HTTP and by socket, voice sockets, calls and lists of models, at `baseUrl`. */
export async function startRefusingServer(): Promise<RefusingServer> {
  const keys: string[] = [];
  let refusals = 0;
  let changed = Promise.withResolvers<void>();
  const refusal = ({ headers }: IncomingMessage): string | undefined => {
    const { authorization = 'nothing' } = headers;
    keys.push(authorization.replace(/^Bearer /u, ''));
    changed.resolve();
    changed = Promise.withResolvers();
    if (refusals === 0) return undefined;
    refusals -= 1;
    return JSON.stringify({ error: { message: `${authorization} is not accepted` } });
  };
  const server = createServer((request, response) => {
    request.resume();
    const refused = refusal(request);
    if (refused === undefined) answer(request.url ?? '', response);
    else response.writeHead(401, { 'content-type': 'application/json' }).end(refused);
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const refused = refusal(request);
    if (refused !== undefined) {
      socket.end(upgradeRefusal(401, {}, refused));
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      if (request.url?.includes('/responses') !== true) return;
      accepted.on('message', () => {
        for (const event of messageAnswer('Yes.')) accepted.send(JSON.stringify(event));
      });
    });
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    keys,
    refuseNext(count) {
      refusals = count;
    },
    async asked(count) {
      while (keys.length < count) await changed.promise;
    },
    [Symbol.asyncDispose]: close,
  };
}

function answer(path: string, response: ServerResponse): void {
  if (path.includes('/responses')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(messageAnswer('Yes.').map(sseEvent).join(''));
  } else if (path.includes('/calls')) {
    response.writeHead(201, { location: '/v1/realtime/calls/rtc_1' }).end('v=0\r\n');
  } else {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ models: [{ slug: 'told' }] }));
  }
}
