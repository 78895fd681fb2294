import type { WebSocket } from 'ws';

import { type Clock, Heartbeat, SILENCE_LIMIT_MS, type Timer } from '../../core/base/index.ts';
import { frameText } from './frameText.ts';
import {
  type ConnectFailure,
  MAX_ERROR_BODY_CHARS,
  RealtimeConnectError,
  type RealtimeWire,
  statusFailure,
  type WireClose,
} from './wire.ts';

export type WebSocketWireOptions = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Limit for the whole way to an open socket: name look-up, TCP, TLS, upgrade. */
  readonly connectTimeoutMs: number;
  /** Gives up the connection attempt; has no effect once connected. */
  readonly signal?: AbortSignal;
  /** Every text of the far side passes through it before anybody sees it. */
  readonly read?: (text: string) => string;
};

const asItIs = (text: string): string => text;

/** RFC 6455 §7.1.5. */
const NO_CLOSE_FRAME = 1006;
const GOODBYE_LIMIT_MS = 1_000;
/** The peer's 16 MiB limit ends sessions (realtime-v2 §19.24); this one only guards memory. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Opens a socket to a Realtime server. Throws `RealtimeConnectError`; nothing stays open then. */
export async function connectWebSocketWire(options: WebSocketWireOptions): Promise<RealtimeWire> {
  // With the first connection: a start makes none.
  const ws = await import('ws');
  const { promise, resolve, reject } = Promise.withResolvers<RealtimeWire>();
  const socket = new ws.WebSocket(options.url, {
    headers: asBytes(options.headers),
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
  });
  const fail = (failure: ConnectFailure, cause?: unknown): void => {
    settle();
    // A late error of the abandoned socket must find a listener, or it would end the process.
    socket.on('error', () => undefined);
    socket.terminate();
    reject(new RealtimeConnectError(options.url, failure, { cause }));
  };
  // What is known of a refusal whose text has not come whole yet.
  let refusal: (() => ConnectFailure) | undefined;
  const timer = options.clock.after(options.connectTimeoutMs, () => {
    fail(refusal?.() ?? { kind: 'timeout', afterMs: options.connectTimeoutMs });
  });
  const onAbort = (): void => {
    fail({ kind: 'aborted' });
  };
  const settle = (): void => {
    timer.cancel();
    options.signal?.removeEventListener('abort', onAbort);
    socket.removeAllListeners();
  };
  if (options.signal?.aborted === true) onAbort();
  options.signal?.addEventListener('abort', onAbort);

  socket.on('open', () => {
    settle();
    resolve(new WebSocketWire(socket, options.clock, options.read ?? asItIs));
  });
  socket.on('unexpected-response', (_request, response) => {
    const status = response.statusCode ?? 0;
    const retryAfter = response.headers['retry-after'];
    let body = '';
    const refused = (): ConnectFailure => statusFailure(status, body, retryAfter);
    refusal = refused;
    const done = (): void => {
      fail(refused());
    };
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      body += chunk;
      if (body.length > MAX_ERROR_BODY_CHARS) done();
    });
    response.on('end', done);
    response.on('error', done);
  });
  socket.on('error', (error) => {
    fail(
      { kind: 'refused', cause: error.message === '' ? 'connection failed' : error.message },
      error,
    );
  });
  return promise;
}

/** Node writes headers as Latin-1; so it writes the UTF-8 bytes of names from all over the world. */
function asBytes(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Buffer.from(value, 'utf8').toString('latin1'),
    ]),
  );
}

/** Reads nothing before somebody listens, so that what comes with the upgrade itself is not lost. */
class WebSocketWire implements RealtimeWire {
  #onFrame: ((frame: string) => void) | undefined;
  onClose: ((close: WireClose) => void) | undefined;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #fault: string | undefined;
  readonly #heartbeat: Heartbeat;
  #goodbyeTimer: Timer | undefined;
  #heldUntil: Promise<void> | undefined;

  constructor(socket: WebSocket, clock: Clock, read: (text: string) => string) {
    this.#socket = socket;
    this.#clock = clock;
    this.#heartbeat = new Heartbeat(clock, {
      ping: () => {
        socket.ping();
      },
      dead: () => {
        this.#fault = `no sign of life for ${SILENCE_LIMIT_MS / 1000} s`;
        socket.terminate();
      },
    });
    socket.pause();
    socket.on('message', (data) => {
      // Some servers send their JSON as binary; what is no JSON is found out by whoever decodes it.
      this.#onFrame?.(read(frameText(data)));
    });
    socket.on('pong', () => {
      this.#heartbeat.alive();
    });
    socket.on('error', (error) => {
      this.#fault ??= error.message;
      // The goodbye with the reason is written; whoever broke the protocol is not waited for (30 s).
      socket.terminate();
    });
    socket.on('close', (code, reason) => {
      this.#heartbeat.stop();
      this.#goodbyeTimer?.cancel();
      // Without a close frame nobody has ended this on purpose, unless we were leaving ourselves.
      if (code === NO_CLOSE_FRAME && this.#goodbyeTimer === undefined) {
        this.#fault ??= 'the connection was cut off';
      }
      const close = { code, reason: read(reason.toString('utf8')) };
      this.onClose?.(this.#fault === undefined ? close : { ...close, fault: this.#fault });
      this.onClose = undefined;
    });
  }

  get onFrame(): ((frame: string) => void) | undefined {
    return this.#onFrame;
  }

  set onFrame(listener: ((frame: string) => void) | undefined) {
    this.#onFrame = listener;
    if (listener !== undefined) this.#socket.resume();
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: string, onWritten?: () => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(frame, (error) => {
      if (error === undefined || error === null) onWritten?.();
    });
  }

  hold(until: Promise<void>): void {
    if (this.#heldUntil === until || this.#goodbyeTimer !== undefined) return;
    this.#heldUntil = until;
    this.#socket.pause();
    void this.#goOnAfter(until);
  }

  close(code: number, reason: string): void {
    if (this.#goodbyeTimer !== undefined) return;
    this.#goodbyeTimer = this.#clock.after(GOODBYE_LIMIT_MS, () => {
      this.#socket.terminate();
    });
    // The far side's goodbye has to be read, also where nobody has listened yet.
    this.#socket.resume();
    this.#socket.close(code, reason);
  }

  async #goOnAfter(until: Promise<void>): Promise<void> {
    await until;
    if (this.#heldUntil !== until) return;
    this.#heldUntil = undefined;
    this.#socket.resume();
  }
}
