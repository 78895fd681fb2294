import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import { FarSocket, Sequence, upgradeRefusal } from '../../platform/testing/index.ts';
import type { UpstreamStep } from './upstreamSteps.ts';

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

/** One accepted socket of a Responses upstream, in the hands of the test. */
export class ScriptedSocket extends FarSocket {
  readonly #frames = new Sequence<SocketFrame>();
  readonly #creates = new Sequence<SocketFrame>();
  readonly #pings = new Sequence<number>();

  constructor(values: {
    readonly socket: WebSocket;
    readonly connection: Duplex;
    readonly request: IncomingMessage;
    /** Called with each frame once it is on record. */
    readonly onFrame: (frame: SocketFrame) => void;
  }) {
    super({
      ...values,
      onFrame: (text) => {
        values.onFrame(this.#record(text));
      },
    });
    values.socket.on('ping', () => {
      this.#pings.add(this.#pings.all.length + 1);
    });
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

  async play(script: readonly SocketStep[], gate: Gate): Promise<void> {
    for (const step of script) {
      if ('events' in step) {
        this.send(...step.events);
      } else if ('bytes' in step) {
        this.send(
          typeof step.bytes === 'string' ? step.bytes : new TextDecoder().decode(step.bytes),
        );
      } else if ('until' in step) {
        await gate(step.until);
      } else if ('cut' in step) {
        await this.flushed();
        this.cut();
      } else if ('end' in step) {
        this.close(1000, '');
      }
    }
  }

  #record(text: string): SocketFrame {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests look at what the client wrote
    const frame = JSON.parse(text) as SocketFrame;
    this.#frames.add(frame);
    if (frame.type === 'response.create') this.#creates.add(frame);
    return frame;
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
      connection.end(upgradeRefusal(plan.refuse, plan.headers ?? {}, plan.body ?? ''));
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
    const socket: ScriptedSocket = new ScriptedSocket({
      socket: webSocket,
      connection,
      request,
      onFrame: (frame) => {
        this.#answer(socket, frame);
      },
    });
    this.#connections.add(socket);
  }

  #answer(socket: ScriptedSocket, frame: SocketFrame): void {
    if (frame.type !== 'response.create') return;
    if (frame['generate'] === false) {
      void socket.play(this.#prewarmed, this.#gate);
      return;
    }
    this.#creates.add(frame);
    const script = this.#answers[Math.min(this.#answered, this.#answers.length - 1)];
    this.#answered += 1;
    void socket.play(script ?? [], this.#gate);
  }
}
