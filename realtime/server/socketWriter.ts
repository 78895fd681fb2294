import type { WebSocket } from 'ws';

import { encodePcm } from '../audio/index.ts';
import type { Effect, ServerEventBody } from './state.ts';

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

/** Writes events to one socket, stamps their ids, and knows when sound has to wait. */
export class SocketWriter {
  readonly #socket: WritableSocket;
  readonly #newId: (prefix: string) => string;
  readonly #log: (message: string) => void;
  #waiting: (() => void)[] = [];

  constructor(
    socket: WritableSocket,
    newId: (prefix: string) => string,
    log: (message: string) => void,
  ) {
    this.#socket = socket;
    this.#newId = newId;
    this.#log = log;
  }

  send(event: ServerEventBody): void {
    this.#write(JSON.stringify({ event_id: this.#newId('event'), ...event }));
  }

  /** Base64 and our own ids need no escaping, so the frame is put together by hand. */
  sendAudio(audio: Extract<Effect, { type: 'sendAudio' }>): void {
    const { responseId, itemId, outputIndex, samples } = audio;
    this.#write(
      `{"type":"response.output_audio.delta","event_id":"${this.#newId('event')}","response_id":"${responseId}","item_id":"${itemId}","output_index":${outputIndex},"content_index":0,"delta":"${encodePcm(samples)}"}`,
    );
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

  #write(frame: string): void {
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
}
