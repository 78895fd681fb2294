import type { JsonRpcMessage, Transport } from '../../core/protocol/index.ts';
import type { createEngine, Engine, EngineOptions } from '../../core/index.ts';

type Resumed = Parameters<Engine['connect']>[1];

/** One client of a fake engine: what it sent, and a way to answer. */
export class FakeConnection {
  readonly received: unknown[] = [];
  readonly resumed: Resumed;
  isClosed = false;
  readonly #transport: Transport;
  #waiting: (() => void)[] = [];

  constructor(transport: Transport, resumed: Resumed, reply: Reply | undefined) {
    this.#transport = transport;
    this.resumed = resumed;
    transport.onMessage = (message) => {
      this.received.push(message);
      reply?.(message, this);
      this.#wake();
    };
    transport.onClose = () => {
      this.isClosed = true;
      this.#wake();
    };
  }

  send(message: JsonRpcMessage): void {
    this.#transport.send(message);
  }

  close(): void {
    this.#transport.close();
  }

  /** Resolves when so many messages have come in. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

export type Reply = (message: unknown, connection: FakeConnection) => void;

/** Stands in for the engine: records what hosts do with it; `reply` answers its clients. */
export class FakeEngine implements Engine {
  config: Engine['config'] = { fault: undefined, warnings: [], threadUnloadDelayMs: undefined };
  readonly connections: FakeConnection[] = [];
  options: EngineOptions | undefined;
  closeCount = 0;
  readonly #reply: Reply | undefined;
  #waiting: ((connection: FakeConnection) => void)[] = [];

  constructor(reply?: Reply) {
    this.#reply = reply;
  }

  /** To be handed to whoever starts an engine. */
  readonly load = async (): Promise<typeof createEngine> => async (options) => {
    this.options = options;
    return this;
  };

  connect(transport: Transport, resumed?: Resumed): void {
    const connection = new FakeConnection(transport, resumed, this.#reply);
    this.connections.push(connection);
    this.#waiting.shift()?.(connection);
  }

  async close(): Promise<void> {
    this.closeCount += 1;
  }

  /** The next client that connects. */
  nextConnection(): Promise<FakeConnection> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
