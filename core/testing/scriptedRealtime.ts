import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import { FarSocket, Growing, listenOnLoopback, upgradeRefusal } from '../platform/testing/index.ts';
import { ScriptedCalls } from './scriptedCalls.ts';

export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** What the server does with an upgrade request. */
type Upgrade =
  | { readonly kind: 'accept' }
  | { readonly kind: 'refuse'; readonly status: number; readonly body: string }
  | { readonly kind: 'bytes'; readonly bytes: string; readonly isLast: boolean }
  | { readonly kind: 'stall' };

/** One accepted connection, in the hands of the test. */
export class ScriptedRealtimeSession extends FarSocket {
  /** Every frame the engine sent, in order; `event_id` is taken off, see `eventIds`. */
  readonly frames: Frame[] = [];
  readonly eventIds: string[] = [];
  readonly #growing = new Growing();

  constructor(socket: WebSocket, connection: Duplex, request: IncomingMessage) {
    super({
      socket,
      connection,
      request,
      onFrame: (text) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests look at what the engine wrote
        const { event_id: eventId, ...frame } = JSON.parse(text) as Frame;
        this.frames.push(frame);
        this.eventIds.push(typeof eventId === 'string' ? eventId : '');
        this.#growing.grown();
      },
    });
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
  const { port, close } = await listenOnLoopback(server);
  const realtime = new ScriptedRealtime(new URL(`ws://127.0.0.1:${port}/v1`), close);
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
      socket.end(upgradeRefusal(status, {}, body));
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      realtime.add(new ScriptedRealtimeSession(webSocket, socket, request));
    });
  });
  return realtime;
}
