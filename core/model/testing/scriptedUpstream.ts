import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

import { listenOnLoopback, Sequence } from '../../platform/testing/index.ts';
import { ScriptedSockets } from './scriptedSockets.ts';
import type { UpstreamEvent, UpstreamStep } from './upstreamSteps.ts';

export type RecordedRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON, or the text where it is not JSON. */
  readonly body: unknown;
  /** Tells kept connections from new ones. */
  readonly remotePort: number;
  /** Resolves when the client or the upstream has closed the exchange. */
  readonly closed: Promise<void>;
};

export type ScriptedUpstream = AsyncDisposable & {
  /** What a provider's base URL would be. */
  readonly url: URL;
  /** Requests by HTTP; sockets have their own record. */
  readonly requests: readonly RecordedRequest[];
  /** The same address by WebSocket. */
  readonly sockets: ScriptedSockets;
  /** Resolves with the n-th request (from 1) once it has arrived whole. */
  request(n: number): Promise<RecordedRequest>;
  /** Lets every present and future `until` of this name go on. */
  open(gate: string): void;
  close(): Promise<void>;
};

/**
 * A Responses upstream on loopback that does what it is told: the n-th request gets the n-th script,
 * further ones the last.
 */
export async function startScriptedUpstream(
  scripts: readonly (readonly UpstreamStep[])[],
  atPort = 0,
): Promise<ScriptedUpstream> {
  const requests = new Sequence<RecordedRequest>();
  const gates = new Map<string, PromiseWithResolvers<void>>();

  const gate = (name: string): PromiseWithResolvers<void> => {
    const known = gates.get(name) ?? Promise.withResolvers<void>();
    gates.set(name, known);
    return known;
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const recorded: RecordedRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: parse(Buffer.concat(chunks).toString('utf8')),
        remotePort: request.socket.remotePort ?? 0,
        closed: once(response, 'close').then(() => undefined),
      };
      requests.add(recorded);
      void play(scripts[Math.min(requests.all.length, scripts.length) - 1] ?? [], response, gate);
    });
  });
  const webSockets = new ScriptedSockets(async (name) => gate(name).promise);
  server.on('upgrade', (request, connection, head) => {
    void webSockets.upgrade(request, connection, head);
  });
  const { port, close } = await listenOnLoopback(server, atPort);
  return {
    url: new URL(`http://127.0.0.1:${port}/v1`),
    requests: requests.all,
    sockets: webSockets,
    request: async (n) => requests.at(n),
    open: (name) => {
      gate(name).resolve();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function play(
  script: readonly UpstreamStep[],
  response: ServerResponse,
  gate: (name: string) => PromiseWithResolvers<void>,
): Promise<void> {
  const head = (): void => {
    if (response.headersSent) return;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
  };
  for (const step of script) {
    if (response.destroyed) return;
    if ('head' in step) {
      response.writeHead(step.head.status, step.head.headers);
      response.flushHeaders();
    } else if ('events' in step) {
      head();
      for (const event of step.events) response.write(sseEvent(event));
    } else if ('bytes' in step) {
      head();
      response.write(step.bytes);
    } else if ('until' in step) {
      await gate(step.until).promise;
    } else if ('cut' in step) {
      // What was written before has to reach the client first.
      if (response.headersSent) await flushed(response);
      response.destroy();
      return;
    } else if ('stall' in step) {
      return;
    } else {
      response.end();
      return;
    }
  }
  response.end();
}

function flushed(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.write('\n', () => {
    resolve();
  });
  return promise;
}

/** An event as the real server frames it. */
export function sseEvent(event: UpstreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
