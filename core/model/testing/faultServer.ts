import { createServer, type Socket } from 'node:net';

import { listenOnLoopback, type LoopbackServer } from '../../platform/testing/index.ts';
import { messageAnswer } from './answers.ts';
import { type FaultTransport, FaultWire, plainAnswer } from './faultWire.ts';
import { acceptHandshake } from './socketFrames.ts';
import type { UpstreamEvent } from './upstreamSteps.ts';

/** How far an exchange has come when the fault strikes. */
export const FAULT_STAGES = [
  /** The connection is there, nothing has been read. */
  'accepted',
  /** The request, or the handshake, has been read. */
  'asked',
  /** The answer has begun: headers, or the handshake's answer. */
  'begun',
  /** A message is open and has said something. */
  'speaking',
  /** The message is whole, the response is not. */
  'said',
  /** The response is complete, the connection is still there. */
  'completed',
] as const;
export type FaultStage = (typeof FAULT_STAGES)[number];

export type Fault =
  /** Nothing more comes. */
  | { readonly kind: 'stall' }
  /** The connection is reset. */
  | { readonly kind: 'cut' }
  /** The server says that it will send no more, and goes on reading. */
  | { readonly kind: 'halfOpen' }
  /** Bytes that are neither HTTP nor frames. */
  | { readonly kind: 'garbage' }
  /** Well-framed messages that mean nothing. */
  | { readonly kind: 'noise' }
  /** The rest comes byte by byte. */
  | { readonly kind: 'drip' }
  /** The rest comes once the test lets it. */
  | { readonly kind: 'delay' }
  /** This status instead of the answer; `asked` only. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

export type FaultPlan = {
  readonly transport: FaultTransport;
  readonly stage: FaultStage;
  readonly fault: Fault;
  /** Strikes this exchange alone, or every one of that transport. */
  readonly always: boolean;
};

/** The events of the n-th answer, cut where the stages are. */
function answerParts(n: number): readonly (readonly [FaultStage, readonly UpstreamEvent[]])[] {
  const ids = { response: `resp_${n}`, item: `msg_${n}` };
  const events = messageAnswer('hello there', ids);
  return [
    ['begun', events.slice(0, 3)],
    ['speaking', events.slice(3, -1)],
    ['said', events.slice(-1)],
    ['completed', []],
  ];
}

const GARBAGE = Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 37 + 129) % 256));

/**
 * A Responses upstream on loopback, HTTP and WebSocket, that fails in the way it is told and is
 * healthy otherwise. Works on bytes, because no server library lets go of so much.
 */
export class FaultServer implements AsyncDisposable {
  readonly #plan: FaultPlan;
  readonly #server = createServer({ allowHalfOpen: true, noDelay: true });
  #listening: LoopbackServer | undefined;
  readonly #gate = Promise.withResolvers<void>();
  readonly #reached = Promise.withResolvers<void>();
  #struck = 0;
  #activity = 0;
  #requests = 0;

  private constructor(plan: FaultPlan) {
    this.#plan = plan;
    this.#server.on('connection', (connection) => {
      connection.on('error', () => undefined);
      void this.#serve(connection);
    });
  }

  static async start(plan: FaultPlan): Promise<FaultServer> {
    const server = new FaultServer(plan);
    server.#listening = await listenOnLoopback(server.#server);
    return server;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#listening?.port ?? 0}/v1`;
  }

  /** Resolves when the fault has struck for the first time. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  /** How often the fault has struck. */
  get struck(): number {
    return this.#struck;
  }

  /** Rises with everything that comes in or goes out, so that a test knows when all is quiet. */
  get activity(): number {
    return this.#activity;
  }

  /** Requests that were read whole, prewarming ones not counted. */
  get requests(): number {
    return this.#requests;
  }

  /** Lets what is delayed go on. */
  release(): void {
    this.#gate.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gate.resolve();
    await this.#listening?.close();
  }

  async #serve(connection: Socket): Promise<void> {
    const wire = new FaultWire(connection, () => {
      this.#activity += 1;
    });
    this.#activity += 1;
    if (this.#plan.stage === 'accepted' && (await this.#strike(wire))) return;
    connection.on('end', () => connection.end());
    for (;;) {
      const request = await wire.request();
      if (request === undefined) return;
      if (request.method === 'GET' && request.key === undefined) {
        wire.write(plainAnswer(200, {}, '{"models":[]}'));
        continue;
      }
      const isSocket = request.key !== undefined;
      wire.transport = isSocket ? 'socket' : 'http';
      if (!isSocket) this.#requests += 1;
      if (await this.#strikeAt('asked', wire)) return;
      if (request.key !== undefined) {
        wire.write(acceptHandshake(request.key));
        await this.#serveSocket(wire);
        return;
      }
      wire.write(
        'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      if (await this.#play(wire)) return;
      wire.write('0\r\n\r\n');
    }
  }

  async #serveSocket(wire: FaultWire): Promise<void> {
    for (;;) {
      const frame = await wire.frame();
      if (frame === undefined) return;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own client wrote it
      const { type, generate } = JSON.parse(frame) as { type?: string; generate?: boolean };
      if (type !== 'response.create') continue;
      if (generate === false) {
        wire.send({ type: 'response.created', response: { id: 'resp_warm' } });
        wire.send({ type: 'response.completed', response: { id: 'resp_warm', output: [] } });
        continue;
      }
      this.#requests += 1;
      if (await this.#play(wire)) return;
    }
  }

  /** Answers; true when a fault ended that. */
  async #play(wire: FaultWire): Promise<boolean> {
    for (const [stage, events] of answerParts(this.#requests)) {
      if (await this.#strikeAt(stage, wire)) return true;
      for (const event of events) wire.send(event);
    }
    return false;
  }

  async #strikeAt(stage: FaultStage, wire: FaultWire): Promise<boolean> {
    const plan = this.#plan;
    if (plan.stage !== stage || plan.transport !== wire.transport) return false;
    return this.#strike(wire);
  }

  /** Does its worst; true when the exchange is over with it. */
  async #strike(wire: FaultWire): Promise<boolean> {
    const { fault, always } = this.#plan;
    if (this.#struck > 0 && !always) return false;
    this.#struck += 1;
    this.#activity += 1;
    this.#reached.resolve();
    switch (fault.kind) {
      case 'stall':
        return true;
      case 'cut':
        wire.reset();
        return true;
      case 'halfOpen':
        wire.endWriting();
        return true;
      case 'garbage':
        wire.write(GARBAGE);
        return true;
      case 'noise':
        wire.sendNoise();
        return false;
      case 'drip':
        wire.drips = true;
        return false;
      case 'delay':
        await this.#gate.promise;
        return false;
      case 'status':
        wire.write(plainAnswer(fault.status, fault.headers ?? {}, fault.body ?? ''));
        wire.endWriting();
        return true;
      default:
        return fault satisfies never;
    }
  }
}
