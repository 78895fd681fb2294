import type { Socket } from 'node:net';

import type { WebSocket } from 'ws';

import { type Clock, Heartbeat, SILENCE_LIMIT_MS, type Timer } from '../../base/index.ts';
import { frameText } from '../../../realtime/transport/index.ts';
import { HttpError } from '../http/index.ts';
import type { ModelSocket } from './socketPort.ts';

const WRITE_LIMIT_MS = 60_000;
/** Frames that may wait for their reader before the connection is told to wait, too. */
const MAX_UNREAD_FRAMES = 1024;

type Reader = PromiseWithResolvers<string> & { idle: Timer };

/** An open socket of the library, as the port wants it. */
export class NodeSocket implements ModelSocket {
  readonly headers: Readonly<Record<string, string>>;
  readonly openedAtMs: number;
  onEnd: (() => void) | undefined;
  readonly #webSocket: WebSocket;
  readonly #tcpSocket: Socket | undefined;
  readonly #clock: Clock;
  readonly #url: URL;
  readonly #over = new Set<() => void>();
  #unread: string[] = [];
  #reader: Reader | undefined;
  #failure: HttpError | undefined;
  readonly #heartbeat: Heartbeat;
  /** Bytes of the connection up to the last frame, ping or pong that came whole. */
  #wholeBytes = 0;

  constructor(values: {
    readonly webSocket: WebSocket;
    readonly tcpSocket: Socket | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly clock: Clock;
    readonly url: URL;
  }) {
    const { webSocket, clock } = values;
    this.headers = values.headers;
    this.openedAtMs = clock.nowMs();
    this.#webSocket = webSocket;
    this.#tcpSocket = values.tcpSocket;
    this.#clock = clock;
    this.#url = values.url;
    this.#heartbeat = new Heartbeat(clock, {
      ping: () => {
        // Who does not read cannot see an answer either.
        if (webSocket.isPaused) this.#heartbeat.alive();
        else webSocket.ping();
      },
      dead: () => {
        const seconds = SILENCE_LIMIT_MS / 1000;
        this.#end(
          new HttpError('broken', `${values.url.host} gave no sign of life for ${seconds} s`),
        );
      },
    });
    webSocket.on('message', (data) => {
      this.#live();
      // Some servers send their JSON as binary; whoever decodes it finds out what is no JSON.
      this.#take(frameText(data));
    });
    webSocket.on('ping', () => {
      this.#live();
      this.#rearm();
    });
    webSocket.on('pong', () => {
      this.#live();
    });
    webSocket.on('error', (error: NodeJS.ErrnoException) => {
      // At once: who broke the protocol may not answer a goodbye, for which `ws` waits half a minute.
      this.#end(this.#brokenBy(error));
    });
    webSocket.on('close', (code, reason) => {
      this.#end(this.#failure ?? this.#closedBy(code, reason.toString('utf8')));
    });
  }

  get isOpen(): boolean {
    return this.#failure === undefined && this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** For whoever made it; `onEnd` is for whoever uses it. */
  whenOver(callback: () => void): void {
    this.#over.add(callback);
  }

  send(frame: string): Promise<void> {
    if (!this.isOpen) return Promise.reject(this.#failure ?? this.#closedBy(1006, ''));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = this.#clock.after(WRITE_LIMIT_MS, () => {
      const seconds = WRITE_LIMIT_MS / 1000;
      this.#end(new HttpError('broken', `${this.#url.host} took no request within ${seconds} s`));
    });
    const over = (): void => {
      late.cancel();
      reject(this.#failure);
    };
    this.#over.add(over);
    this.#webSocket.send(frame, (error) => {
      late.cancel();
      this.#over.delete(over);
      if (error === undefined || error === null) resolve();
      else reject(this.#failure ?? this.#brokenBy(error));
    });
    return promise;
  }

  receive(idleTimeoutMs: number): Promise<string> {
    const frame = this.#unread.shift();
    if (frame !== undefined) {
      if (this.#unread.length === 0) this.#webSocket.resume();
      return Promise.resolve(frame);
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const reader: Reader = {
      ...Promise.withResolvers<string>(),
      idle: { cancel: () => undefined },
    };
    this.#reader = reader;
    this.#rearm = (): void => {
      reader.idle.cancel();
      reader.idle = this.#clock.after(idleTimeoutMs, () => {
        const bytes = this.#tcpSocket?.bytesRead ?? 0;
        // A large frame that is still coming is life, too.
        if (bytes > this.#wholeBytes) {
          this.#wholeBytes = bytes;
          this.#rearm();
          return;
        }
        const seconds = idleTimeoutMs / 1000;
        this.#end(
          new HttpError('idleTimeout', `${this.#url.host} sent nothing more within ${seconds} s`),
        );
      });
    };
    this.#wholeBytes = this.#tcpSocket?.bytesRead ?? 0;
    this.#rearm();
    return reader.promise;
  }

  takeUnread(): readonly string[] {
    const unread = this.#unread;
    this.#unread = [];
    this.#webSocket.resume();
    return unread;
  }

  drop(): void {
    this.#end(new HttpError('aborted', `the connection to ${this.#url.host} was given up`));
  }

  #rearm: () => void = () => undefined;

  #live(): void {
    this.#heartbeat.alive();
    this.#wholeBytes = this.#tcpSocket?.bytesRead ?? 0;
  }

  #take(frame: string): void {
    const reader = this.#reader;
    if (reader === undefined) {
      this.#unread.push(frame);
      if (this.#unread.length >= MAX_UNREAD_FRAMES) this.#webSocket.pause();
      return;
    }
    this.#letGo(reader);
    reader.resolve(frame);
  }

  #letGo(reader: Reader): void {
    reader.idle.cancel();
    this.#reader = undefined;
    this.#rearm = () => undefined;
  }

  /** Once: the first reason is the one that counts. */
  #end(failure: HttpError): void {
    this.#failure ??= failure;
    this.#heartbeat.stop();
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#letGo(reader);
      reader.reject(this.#failure);
    }
    this.#webSocket.terminate();
    const over = Array.from(this.#over);
    this.#over.clear();
    for (const callback of over) callback();
    const { onEnd } = this;
    this.onEnd = undefined;
    onEnd?.();
  }

  #brokenBy(error: NodeJS.ErrnoException): HttpError {
    const why = error.code ?? error.message;
    return new HttpError('broken', `the connection to ${this.#url.host} broke (${why})`, {
      cause: error,
    });
  }

  #closedBy(code: number, reason: string): HttpError {
    const why = reason === '' ? `code ${code}` : `code ${code}: ${reason}`;
    return new HttpError('broken', `${this.#url.host} closed the connection (${why})`);
  }
}
