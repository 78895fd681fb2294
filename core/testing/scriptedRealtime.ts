import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import { Growing } from './growing.ts';
import { ScriptedCalls } from './scriptedCalls.ts';

export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** What the server does with an upgrade request. */
type Upgrade =
  | { readonly kind: 'accept' }
  | { readonly kind: 'refuse'; readonly status: number; readonly body: string }
  | { readonly kind: 'bytes'; readonly bytes: string; readonly isLast: boolean }
  | { readonly kind: 'stall' };

/** One accepted connection, in the hands of the test. */
export class ScriptedRealtimeSession {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Every frame the engine sent, in order; `event_id` is taken off, see `eventIds`. */
  readonly frames: Frame[] = [];
  readonly eventIds: string[] = [];
  /** How the engine ended it. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #link: Duplex;
  readonly #growing = new Growing();

  constructor(socket: WebSocket, link: Duplex, request: IncomingMessage) {
    this.#socket = socket;
    this.#link = link;
    this.url = request.url ?? '';
    this.headers = request.headers;
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = promise;
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString('utf8') });
    });
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-base-to-string -- ws gives one Buffer here; tests look at what the engine wrote
      const { event_id: eventId, ...frame } = JSON.parse(data.toString()) as Frame;
      this.frames.push(frame);
      this.eventIds.push(typeof eventId === 'string' ? eventId : '');
      this.#growing.grown();
    });
  }

  send(...events: readonly (Frame | string)[]): void {
    for (const event of events) {
      this.#socket.send(typeof event === 'string' ? event : JSON.stringify(event));
    }
  }

  sendBinary(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: true });
  }

  /** Sends exactly these bytes, which need not be a WebSocket frame. */
  sendRaw(bytes: Uint8Array): void {
    this.#link.write(bytes);
  }

  /** The n-th frame of a type (from 1), waiting for it if need be. */
  async frame(type: string, n = 1): Promise<Frame> {
    await this.#growing.until(() => this.of(type).length >= n);
    const frame = this.of(type)[n - 1];
    if (frame === undefined) throw new Error(`No frame ${type}`);
    return frame;
  }

  /** Resolves when a frame like this has come. */
  async until(test: (frame: Frame) => boolean): Promise<void> {
    await this.#growing.until(() => this.frames.some(test));
  }

  /** All frames of a type so far. */
  of(type: string): readonly Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** The event id the n-th frame of a type went out with. */
  eventIdOf(type: string, n = 1): string {
    const places = this.frames.flatMap((frame, index) => (frame.type === type ? [index] : []));
    return this.eventIds[places[n - 1] ?? -1] ?? '';
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** Cuts the link without a goodbye. */
  cut(): void {
    this.#socket.terminate();
  }

  /** Reads nothing any more, so that the engine's writes pile up. */
  stall(): void {
    this.#socket.pause();
  }

  /** Reads on after a stall. */
  resume(): void {
    this.#socket.resume();
  }
}

/** A Realtime server on loopback that does nothing by itself: every event is the test's own. */
export class ScriptedRealtime {
  readonly url: URL;
  readonly sessions: ScriptedRealtimeSession[] = [];
  /** Calls are made at the same address by HTTP. */
  readonly calls = new ScriptedCalls();
  /** Upgrade requests seen, answered or not. */
  upgrades = 0;
  readonly #growing = new Growing();
  readonly #plans: Upgrade[] = [];
  readonly #close: () => Promise<void>;

  constructor(url: URL, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  /** Drops every connection; closing twice does nothing. */
  async close(): Promise<void> {
    await this.#close();
  }

  /** The next upgrade gets this status; plans are used up in order, then all are accepted. */
  refuseNext(status: number, body = ''): void {
    this.#plans.push({ kind: 'refuse', status, body });
  }

  /** The next upgrade gets exactly these bytes; after the last ones the link is cut. */
  answerNext(bytes: string, isLast: boolean): void {
    this.#plans.push({ kind: 'bytes', bytes, isLast });
  }

  /** The next upgrade gets no answer at all. */
  stallNext(): void {
    this.#plans.push({ kind: 'stall' });
  }

  takePlan(): Upgrade {
    this.upgrades += 1;
    this.#growing.grown();
    return this.#plans.shift() ?? { kind: 'accept' };
  }

  add(session: ScriptedRealtimeSession): void {
    this.sessions.push(session);
    this.#growing.grown();
  }

  /** The n-th accepted connection (from 1). */
  async session(n = 1): Promise<ScriptedRealtimeSession> {
    await this.#growing.until(() => this.sessions.length >= n);
    const session = this.sessions[n - 1];
    if (session === undefined) throw new Error('No session');
    return session;
  }

  async upgrade(n = 1): Promise<void> {
    await this.#growing.until(() => this.upgrades >= n);
  }
}

export async function startScriptedRealtime(): Promise<ScriptedRealtime> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const links = new Set<Duplex>();
  server.on('connection', (socket) => {
    links.add(socket);
    socket.on('close', () => links.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has a TCP address
  const { port } = server.address() as AddressInfo;
  const realtime = new ScriptedRealtime(new URL(`ws://127.0.0.1:${port}/v1`), async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const link of links) link.destroy();
    await closed;
  });
  server.on('request', (request, response) => {
    void realtime.calls.handle(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    const plan = realtime.takePlan();
    if (plan.kind === 'stall') return;
    if (plan.kind === 'bytes') {
      socket.write(plan.bytes, () => {
        if (plan.isLast) socket.destroy();
      });
      return;
    }
    if (plan.kind === 'refuse') {
      const { status, body } = plan;
      socket.end(
        `HTTP/1.1 ${status} No\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      realtime.add(new ScriptedRealtimeSession(webSocket, socket, request));
    });
  });
  return realtime;
}
