import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import type { UpstreamEvent, UpstreamStep } from './upstreamSteps.ts';

/** What the upstream does with one request for a socket. */
export type Handshake =
  | { readonly accept: true; readonly headers?: Readonly<Record<string, string>> }
  /** Answers with a status instead of a socket. */
  | {
      readonly refuse: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Accepts once the test opens the gate of this name. */
  | { readonly acceptAfter: string }
  /** Never answers. */
  | { readonly stall: true }
  /** Cuts the connection unanswered. */
  | { readonly cut: true };

/** What the upstream does with one `response.create`; there is no end of its own. */
export type SocketStep = Exclude<UpstreamStep, { readonly head: unknown }>;

export type SocketFrame = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly input?: readonly unknown[];
  readonly client_metadata?: Readonly<Record<string, string>>;
};

type Gate = (name: string) => Promise<void>;

/** Things that come one after the other, and tests that wait for the n-th. */
class Sequence<Value> {
  readonly all: Value[] = [];
  readonly #waiting: { readonly n: number; resolve(value: Value): void }[] = [];

  add(value: Value): void {
    this.all.push(value);
    for (const waiter of this.#waiting) if (waiter.n === this.all.length) waiter.resolve(value);
  }

  async at(n: number): Promise<Value> {
    const known = this.all[n - 1];
    if (known !== undefined) return known;
    const { promise, resolve } = Promise.withResolvers<Value>();
    this.#waiting.push({ n, resolve });
    return promise;
  }
}

/** One accepted socket, in the hands of the test. */
export class ScriptedSocket {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** How the client ended it; 1006 when it went without a goodbye. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #connection: Duplex;
  readonly #frames = new Sequence<SocketFrame>();
  readonly #creates = new Sequence<SocketFrame>();
  readonly #pings = new Sequence<number>();

  constructor(socket: WebSocket, connection: Duplex, request: IncomingMessage) {
    this.#socket = socket;
    this.#connection = connection;
    this.path = request.url ?? '';
    this.headers = request.headers;
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = promise;
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString('utf8') });
    });
    socket.on('error', () => undefined);
    socket.on('ping', () => {
      this.#pings.add(this.#pings.all.length + 1);
    });
  }

  /** Called by the server; the frame is on record before anything is done about it. */
  record(text: string): SocketFrame {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests look at what the client wrote
    const frame = JSON.parse(text) as SocketFrame;
    this.#frames.add(frame);
    if (frame.type === 'response.create') this.#creates.add(frame);
    return frame;
  }

  get frames(): readonly SocketFrame[] {
    return this.#frames.all;
  }

  /** The `response.create` frames so far, prewarming ones included. */
  get creates(): readonly SocketFrame[] {
    return this.#creates.all;
  }

  /** The n-th frame (from 1), waiting for it if need be. */
  async frame(n: number): Promise<SocketFrame> {
    return this.#frames.at(n);
  }

  async create(n: number): Promise<SocketFrame> {
    return this.#creates.at(n);
  }

  /** Resolves when the client has pinged n times. */
  async ping(n: number): Promise<void> {
    await this.#pings.at(n);
  }

  send(...events: readonly (UpstreamEvent | string)[]): void {
    for (const event of events) {
      this.#socket.send(typeof event === 'string' ? event : JSON.stringify(event));
    }
  }

  sendBinary(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: true });
  }

  /** Sends exactly these bytes, which need not be a WebSocket frame. */
  sendRaw(bytes: Uint8Array): void {
    this.#connection.write(bytes);
  }

  /** Pings; resolves when the client has read everything sent before. */
  async roundTrip(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once('pong', () => {
      resolve();
    });
    this.#socket.ping();
    await promise;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** Cuts the connection without a goodbye. */
  cut(): void {
    this.#socket.terminate();
  }

  /** Reads nothing any more: pings stay unanswered and the client's writes pile up. */
  stall(): void {
    this.#socket.pause();
  }

  /** What was sent before, compressed or not, has reached the system. */
  async #flushed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.ping(undefined, undefined, () => {
      resolve();
    });
    await promise;
  }

  async play(script: readonly SocketStep[], gate: Gate): Promise<void> {
    for (const step of script) {
      if ('events' in step) {
        this.send(...step.events);
      } else if ('bytes' in step) {
        this.#socket.send(step.bytes, { binary: false });
      } else if ('until' in step) {
        await gate(step.until);
      } else if ('cut' in step) {
        await this.#flushed();
        this.cut();
      } else if ('end' in step) {
        this.close(1000, '');
      }
    }
  }
}

const PREWARMED: readonly SocketStep[] = [
  {
    events: [
      { type: 'response.created', response: { id: 'resp_warm' } },
      { type: 'response.completed', response: { id: 'resp_warm', output: [] } },
    ],
  },
];

/** The sockets of a scripted upstream. Accepts all and answers nothing until it is told otherwise. */
export class ScriptedSockets {
  readonly #gate: Gate;
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  readonly #handshakes = new Sequence<IncomingHttpHeaders>();
  readonly #connections = new Sequence<ScriptedSocket>();
  readonly #creates = new Sequence<SocketFrame>();
  readonly #plans: Handshake[] = [];
  #otherwise: Handshake = { accept: true };
  #answers: readonly (readonly SocketStep[])[] = [];
  #answered = 0;
  #prewarmed: readonly SocketStep[] = PREWARMED;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** The next handshakes go like this, one after the other. */
  next(...plans: readonly Handshake[]): void {
    this.#plans.push(...plans);
  }

  /** All further handshakes go like this. */
  otherwise(plan: Handshake): void {
    this.#otherwise = plan;
  }

  /**
   * The n-th `response.create` of all sockets together gets the n-th script, further ones the last;
   * one that only prewarms is answered properly and not counted.
   */
  answer(...scripts: readonly (readonly SocketStep[])[]): void {
    this.#answers = scripts;
    this.#answered = 0;
  }

  /** Prewarming requests get this script from now on. */
  answerPrewarm(script: readonly SocketStep[]): void {
    this.#prewarmed = script;
  }

  /** Headers of every handshake so far, whatever became of it. */
  get handshakes(): readonly IncomingHttpHeaders[] {
    return this.#handshakes.all;
  }

  async handshake(n: number): Promise<IncomingHttpHeaders> {
    return this.#handshakes.at(n);
  }

  get connections(): readonly ScriptedSocket[] {
    return this.#connections.all;
  }

  /** The n-th accepted socket (from 1), waiting for it if need be. */
  async connection(n: number): Promise<ScriptedSocket> {
    return this.#connections.at(n);
  }

  /** Every `response.create` over all sockets, without those that only prewarm. */
  get creates(): readonly SocketFrame[] {
    return this.#creates.all;
  }

  async create(n: number): Promise<SocketFrame> {
    return this.#creates.at(n);
  }

  /** Called by the upstream with each request for a socket. */
  async upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> {
    connection.on('error', () => undefined);
    const plan = this.#plans.shift() ?? this.#otherwise;
    this.#handshakes.add(request.headers);
    if ('stall' in plan) return;
    if ('cut' in plan) {
      connection.destroy();
      return;
    }
    if ('refuse' in plan) {
      connection.end(refusal(plan.refuse, plan.headers, plan.body ?? ''));
      return;
    }
    if ('acceptAfter' in plan) await this.#gate(plan.acceptAfter);
    const given = 'headers' in plan ? Object.entries(plan.headers ?? {}) : [];
    this.#server.once('headers', (lines: string[]) => {
      lines.push(...given.map(([name, value]) => `${name}: ${value}`));
    });
    this.#server.handleUpgrade(request, connection, head, (webSocket) => {
      this.#add(webSocket, connection, request);
    });
  }

  #add(webSocket: WebSocket, connection: Duplex, request: IncomingMessage): void {
    const socket = new ScriptedSocket(webSocket, connection, request);
    webSocket.on('message', (data) => {
      // oxlint-disable-next-line typescript/no-base-to-string -- ws gives one Buffer here
      const frame = socket.record(data.toString());
      if (frame.type !== 'response.create') return;
      if (frame['generate'] === false) {
        void socket.play(this.#prewarmed, this.#gate);
        return;
      }
      this.#creates.add(frame);
      const script = this.#answers[Math.min(this.#answered, this.#answers.length - 1)];
      this.#answered += 1;
      void socket.play(script ?? [], this.#gate);
    });
    this.#connections.add(socket);
  }
}

function refusal(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: string,
): string {
  const lines = Object.entries({
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} No\r\n${lines.join('')}\r\n${body}`;
}
