import { WebSocket } from 'ws';

import type { Engine } from '../../../core/index.ts';
import type { InitializeParams, JsonRpcMessage, Transport } from '../../../core/protocol/index.ts';
import { createSocketTransport } from '../../../core/rpc/index.ts';
import type { DialResult } from './dial.ts';

/** Close codes that are about one client: a message that is too big, and too much left unread. */
const OF_ONE_CLIENT = new Set([1009, 1013]);
const CANNOT = 'The Parley whose engine was joined here cannot be joined any more:';
const LOST = 'The Parley whose engine was joined here has ended.';

type Admission = NonNullable<Parameters<Engine['connect']>[1]>;

/** The engine of another process: each client gets a connection of its own to it. */
export class JoinedEngine {
  readonly #dial: () => Promise<DialResult>;
  /** Those that were not given up here: when one of them ends, the engine has ended it. */
  readonly #sockets = new Set<WebSocket>();
  /** The connection that found the engine, until a client needs one. */
  #spare: WebSocket | undefined;
  #isClosed = false;
  readonly #whenLost = Promise.withResolvers<string>();

  constructor(found: WebSocket, redial: () => Promise<DialResult>) {
    this.#dial = redial;
    this.#keep(found);
    this.#spare = found;
  }

  /** Resolves to a sentence when the other process has ended; nobody can be connected any more then. */
  get lost(): Promise<string> {
    return this.#whenLost.promise;
  }

  connect(near: Transport, { initialize }: Pick<Admission, 'initialize'> = {}): void {
    const early: JsonRpcMessage[] = [];
    let hasLeft = false;
    near.onMessage = (message) => {
      early.push(asItCame(message));
    };
    near.onClose = () => {
      hasLeft = true;
    };
    const open = async (): Promise<void> => {
      const socket = await this.#nextSocket();
      if (socket !== undefined && !hasLeft && !this.#isClosed) {
        this.#bridge(near, socket, { initialize, early });
        return;
      }
      if (socket !== undefined) this.#leave(socket);
      near.close();
    };
    void open();
  }

  /** Leaves the engine, which goes on; closing twice does nothing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const socket of Array.from(this.#sockets)) this.#leave(socket);
  }

  async #nextSocket(): Promise<WebSocket | undefined> {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare?.readyState === WebSocket.OPEN) return spare;
    const result = await this.#dial();
    switch (result.kind) {
      case 'joined':
        this.#keep(result.socket);
        return result.socket;
      case 'nobody':
        this.#whenLost.resolve(LOST);
        return undefined;
      case 'refused':
        // One more may be one too many, which is nothing to those who are in.
        if (this.#sockets.size === 0) {
          this.#whenLost.resolve(`${CANNOT} ${result.reason}.`);
        }
        return undefined;
    }
  }

  #keep(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      if (this.#sockets.delete(socket) && !OF_ONE_CLIENT.has(code)) {
        this.#whenLost.resolve(LOST);
      }
    });
  }

  #leave(socket: WebSocket): void {
    this.#sockets.delete(socket);
    socket.close(1000);
  }

  /** Carries messages to and fro until one of both ends. */
  #bridge(near: Transport, socket: WebSocket, { initialize, early }: Opening): void {
    const far = createSocketTransport(socket, () => undefined);
    // The client has its answer already, from the process that it has started.
    let isGreeting = initialize !== undefined;
    far.onMessage = (message) => {
      if (isGreeting) isGreeting = false;
      else near.send(asItCame(message));
    };
    far.onClose = () => {
      near.close();
    };
    near.onClose = () => {
      this.#leave(socket);
    };
    near.onMessage = (message) => {
      far.send(asItCame(message));
    };
    if (initialize !== undefined) far.send({ id: 0, method: 'initialize', params: initialize });
    for (const message of early) far.send(message);
  }
}

type Opening = {
  readonly initialize: InitializeParams | undefined;
  readonly early: readonly JsonRpcMessage[];
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what it is, is for the two ends to judge
const asItCame = (message: unknown): JsonRpcMessage => message as JsonRpcMessage;
