import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import { frameText } from '../../../realtime/transport/index.ts';

/** The server's end of one accepted WebSocket, in the hands of a test. */
export class FarSocket {
  /** Path and query it was asked for with. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** How the client ended it; 1006 when it went without a goodbye. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #connection: Duplex;

  constructor(values: {
    readonly socket: WebSocket;
    readonly connection: Duplex;
    readonly request: IncomingMessage;
    readonly onFrame: (text: string) => void;
  }) {
    const { socket, connection, request } = values;
    this.#socket = socket;
    this.#connection = connection;
    this.url = request.url ?? '';
    this.headers = request.headers;
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = promise;
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString('utf8') });
    });
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      values.onFrame(frameText(data));
    });
  }

  /** Sends texts as they are, and objects as JSON. */
  send(...frames: readonly (object | string)[]): void {
    for (const frame of frames) {
      this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
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

  /** Reads on after a stall. */
  resume(): void {
    this.#socket.resume();
  }

  /** What was sent before, compressed or not, has reached the system. */
  async flushed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.ping(undefined, undefined, () => {
      resolve();
    });
    await promise;
  }
}
