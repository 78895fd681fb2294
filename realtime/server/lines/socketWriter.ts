import type { WebSocket } from 'ws';

import type { EventLine } from './eventLine.ts';

/** Sound waits while more than this is unsent, and goes on when a quarter of it is left. */
const HIGH_WATER_BYTES = 1024 * 1024;
const LOW_WATER_BYTES = HIGH_WATER_BYTES / 4;
/** A client that reads nothing while it makes us write this much is given up. */
const LIMIT_BYTES = 64 * 1024 * 1024;
const CLOSE_DEADLINE_MS = 1000;

/** The part of a WebSocket that writing needs. */
export type WritableSocket = Pick<
  WebSocket,
  'bufferedAmount' | 'readyState' | 'OPEN' | 'send' | 'close' | 'terminate'
>;

/** Writes to one socket and knows when sound has to wait. */
export class SocketWriter implements EventLine {
  readonly #socket: WritableSocket;
  readonly #log: (message: string) => void;
  #waiting: (() => void)[] = [];

  constructor(socket: WritableSocket, log: (message: string) => void) {
    this.#socket = socket;
    this.#log = log;
  }

  write(frame: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > LIMIT_BYTES) {
      this.#log('the client reads nothing; its socket was dropped');
      this.#socket.terminate();
      return;
    }
    this.#socket.send(frame, () => {
      if (this.#waiting.length > 0 && this.#socket.bufferedAmount < LOW_WATER_BYTES) this.release();
    });
  }

  /** Resolves when the socket can take more sound, or is gone. */
  async ready(): Promise<void> {
    if (this.#socket.bufferedAmount < HIGH_WATER_BYTES) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    // A client that does not answer the close frame must not keep the session's socket.
    setTimeout(() => {
      this.#socket.terminate();
    }, CLOSE_DEADLINE_MS).unref();
  }

  /** Lets go of whoever waits; the socket is gone. */
  release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
