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

type Scripts = readonly (readonly UpstreamStep[])[];

/** What was asked of the upstream by HTTP, or of one model of it. */
export type RecordedRequests = {
  readonly requests: readonly RecordedRequest[];
  /** Resolves with the n-th request (from 1) once it has arrived whole. */
  request(n: number): Promise<RecordedRequest>;
};

export type ScriptedUpstream = AsyncDisposable &
  RecordedRequests & {
    /** What a provider's base URL would be. */
    readonly url: URL;
    /** Requests to a model with scripts of its own; they are not among the others. */
    of(model: string): RecordedRequests;
    /** The same address by WebSocket. */
    readonly sockets: ScriptedSockets;
    /** Lets every present and future `until` of this name go on. */
    open(gate: string): void;
    close(): Promise<void>;
  };

/** Scripts, and the requests that were or are going to be answered by them. */
class Lane implements RecordedRequests {
  readonly #scripts: Scripts;
  readonly #recorded = new Sequence<RecordedRequest>();

  constructor(scripts: Scripts) {
    this.#scripts = scripts;
  }

  /** The script for this request. */
  take(request: RecordedRequest): Scripts[number] {
    this.#recorded.add(request);
    const nth = Math.min(this.requests.length, this.#scripts.length);
    return this.#scripts[nth - 1] ?? [];
  }

  get requests(): readonly RecordedRequest[] {
    return this.#recorded.all;
  }

  async request(n: number): Promise<RecordedRequest> {
    return this.#recorded.at(n);
  }
}

/**
 * A Responses upstream on loopback that does what it is told: the n-th request gets the n-th script,
 * further ones the last. Models that are named have scripts of their own.
 */
export async function startScriptedUpstream(
  scripts: Scripts,
  { atPort = 0, models = {} }: { atPort?: number; models?: Readonly<Record<string, Scripts>> } = {},
): Promise<ScriptedUpstream> {
  const others = new Lane(scripts);
  const lanes = new Map(Object.entries(models).map(([name, own]) => [name, new Lane(own)]));
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
      const lane = lanes.get(modelOf(recorded)) ?? others;
      void play(lane.take(recorded), response, gate);
    });
  });
  const webSockets = new ScriptedSockets(async (name) => gate(name).promise);
  server.on('upgrade', (request, connection, head) => {
    void webSockets.upgrade(request, connection, head);
  });
  const { port, close } = await listenOnLoopback(server, atPort);
  return {
    url: new URL(`http://127.0.0.1:${port}/v1`),
    requests: others.requests,
    request: async (n) => others.request(n),
    of: (model) => {
      const lane = lanes.get(model);
      if (lane === undefined) throw new Error(`${model} has no scripts of its own`);
      return lane;
    },
    sockets: webSockets,
    open: (name) => {
      gate(name).resolve();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function modelOf({ body }: RecordedRequest): string {
  return typeof body === 'object' && body !== null && 'model' in body ? String(body.model) : '';
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
