import { errorText, type Timer } from '../../base/index.ts';
import {
  freshTrace,
  ModelAbortedError,
  type ModelRequest,
  type TraceContext,
} from '../contract/index.ts';
import { PREWARM, socketEndpointOf } from '../request/index.ts';
import type { SocketAccess } from '../sockets/index.ts';
import { type Exchange, type ModelClientOptions, unlessAborted } from '../transport/index.ts';
import { afterHandshake, HandshakeError } from './handshake.ts';
import { openSocket } from './openSocket.ts';
import { type PooledSocket, newPooledSocket } from './pooledSocket.ts';
import { type PoolInput, type PoolState, poolStep } from './poolStep.ts';
import { prewarm } from './prewarm.ts';

/** Servers end a connection after an hour; it is given up between two requests before that. */
const MAX_AGE_MS = 55 * 60_000;
const DEFAULT_CONNECT_TIMEOUT_MS = 15_000;
/** As long as a request waits for what was sent ahead to be answered. */
const PREWARM_GRACE_MS = 1000;
/** A wait that is longer than this is worth a word. */
const NOTICE_AFTER_MS = 1000;
/** What failed ahead counts for a request that comes this soon. */
const FAILURE_COUNTS_MS = 60_000;
/** As long as one that only finds out whether sockets work again may keep a request waiting. */
const PROBE_TIMEOUT_MS = 2000;

/** The sockets of one client: one is kept, opened ahead where it can be, and used again. */
export class SocketPool {
  readonly #options: ModelClientOptions;
  readonly #access: SocketAccess;
  readonly #endpoint: URL;
  #state: PoolState<PooledSocket, HandshakeError> = { phase: 'idle' };
  /** What was begun ahead; replaced with each, so that a late end finds that it is not meant. */
  #ahead = new AbortController();
  #failedAtMs = 0;
  /** Resolves with the next change of state. */
  #changed = Promise.withResolvers<void>();

  constructor(options: ModelClientOptions, access: SocketAccess) {
    this.#options = options;
    this.#access = access;
    this.#endpoint = socketEndpointOf(options.provider);
  }

  /** Opens a connection for whoever comes first, and warms the model over it. Never fails. */
  connectAhead(request: ModelRequest, trace?: TraceContext): void {
    if (this.#state.phase !== 'idle') return;
    const may = this.#access.circuitBreaker.ask(this.#endpoint);
    if (may === 'http') return;
    this.#step({ type: 'connectAhead' });
    const ahead = new AbortController();
    this.#ahead = ahead;
    void this.#openAhead(request, ahead.signal, trace ?? freshTrace());
  }

  /** Whether a request should ask for a socket: a failure that nobody has heard of counts, too. */
  get areWorthAsking(): boolean {
    if (this.#access.circuitBreaker.isOpen(this.#endpoint)) this.#giveUpUnproven();
    const isOld = this.#options.clock.nowMs() > this.#failedAtMs + FAILURE_COUNTS_MS;
    if (this.#state.phase === 'failed' && isOld) this.#step({ type: 'taken' });
    const { phase } = this.#state;
    if (phase === 'closed') return false;
    if (phase !== 'idle') return true;
    return this.#access.circuitBreaker.ask(this.#endpoint) !== 'http';
  }

  /**
   * A connection for one request, which gives it back or loses it. Fails with a HandshakeError, a
   * ModelAbortedError, or the ProductError of whoever has the key.
   */
  async take(exchange: Exchange): Promise<PooledSocket> {
    const { signal } = exchange;
    const wait = new Wait(exchange, this.#connectTimeoutMs);
    try {
      for (;;) {
        if (signal.aborted) throw new ModelAbortedError();
        const state = this.#state;
        switch (state.phase) {
          case 'closed':
            throw new ModelAbortedError();
          case 'failed':
            this.#step({ type: 'taken' });
            throw state.failure;
          case 'ready': {
            const { pooled } = state;
            if (!this.#isFresh(pooled)) {
              this.lose(pooled);
              break;
            }
            this.#step({ type: 'taken' });
            return pooled;
          }
          case 'inFlight':
            wait.tellLater();
            await unlessAborted(this.#changed.promise, signal);
            break;
          case 'warming':
            wait.socketIsOpen();
            wait.limitGrace(() => {
              this.cancelAhead();
            });
            await unlessAborted(this.#changed.promise, signal);
            break;
          case 'idle':
          case 'handedOver':
            wait.tellLater();
            return await this.#openNow(exchange);
        }
      }
    } finally {
      wait.end();
      if (signal.aborted) this.cancelAhead();
    }
  }

  /** Nobody waits for what was begun ahead any more. */
  cancelAhead(): void {
    this.#step({ type: 'cancelled' });
  }

  /** This request finds out for all whether sockets work again. */
  get isProbing(): boolean {
    return this.#access.circuitBreaker.isProbing(this.#endpoint);
  }

  /** An answer has come whole, which is more than an open socket: some answer with errors alone. */
  proven(pooled: PooledSocket): void {
    pooled.isProven = true;
    this.#access.circuitBreaker.worked(this.#endpoint);
  }

  giveBack(pooled: PooledSocket): void {
    this.#step({ type: 'givenBack', pooled });
  }

  /** Ends a connection at once. */
  lose(pooled: PooledSocket): void {
    this.#step({ type: 'lost', pooled });
    pooled.socket.drop();
  }

  /** Sockets do not work here; what there is of them goes. */
  giveUp(remember: boolean): void {
    if (remember) this.#access.circuitBreaker.failed(this.#endpoint);
    else this.#access.circuitBreaker.undecided(this.#endpoint);
    this.cancelAhead();
    if (this.#state.phase === 'ready') this.lose(this.#state.pooled);
  }

  close(): void {
    this.#step({ type: 'closed' });
  }

  /** What others have found out meanwhile goes for a connection that has not brought an answer yet. */
  #giveUpUnproven(): void {
    this.cancelAhead();
    if (this.#state.phase === 'ready' && !this.#state.pooled.isProven) {
      this.lose(this.#state.pooled);
    }
  }

  get #connectTimeoutMs(): number {
    return this.#options.provider.websocketConnectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
  }

  get #keyEpoch(): number {
    return this.#options.provider.keyEpoch?.() ?? 0;
  }

  #isFresh({ socket, keyEpoch }: PooledSocket): boolean {
    if (keyEpoch !== this.#keyEpoch) return false;
    return socket.isOpen && this.#options.clock.nowMs() < socket.openedAtMs + MAX_AGE_MS;
  }

  async #openAhead(
    request: ModelRequest,
    signal: AbortSignal,
    ownTrace: TraceContext,
  ): Promise<void> {
    const exchange: Exchange = {
      options: this.#options,
      turn: PREWARM,
      turnState: undefined,
      ownTrace,
      request: { ...request, input: [] },
      signal,
      onNotice: () => undefined,
    };
    let pooled: PooledSocket;
    try {
      pooled = await this.#open(exchange);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof HandshakeError) {
        this.#learn(error);
        this.#failedAtMs = this.#options.clock.nowMs();
        this.#step({ type: 'openFailed', failure: error });
        return;
      }
      // No key yet, perhaps: the first turn finds out how that is by then.
      this.cancelAhead();
      const { log, provider } = this.#options;
      log.debug({ provider: provider.id, cause: errorText(error) }, 'nothing was opened ahead');
      return;
    }
    if (signal.aborted) {
      pooled.socket.drop();
      return;
    }
    this.#step({ type: 'opened', pooled, warming: true });
    const isWarm = await prewarm(pooled, exchange, this.#connectTimeoutMs);
    if (isWarm) this.#step({ type: 'warmed', pooled });
    else this.lose(pooled);
  }

  /** Others need not wait for what has been waited for here. */
  #learn({ failure }: HandshakeError): void {
    const after = afterHandshake(failure, 1);
    if (after.go === 'http' && after.remember === 'now')
      this.#access.circuitBreaker.failed(this.#endpoint);
  }

  async #openNow(exchange: Exchange): Promise<PooledSocket> {
    const pooled = await this.#open(exchange);
    this.#step({ type: 'adopted', pooled });
    return pooled;
  }

  async #open(exchange: Exchange): Promise<PooledSocket> {
    const { circuitBreaker, port } = this.#access;
    // Before the key is fetched: one that is changed meanwhile counts as the old one.
    const keyEpoch = this.#keyEpoch;
    try {
      const { socket, key } = await openSocket({
        ...exchange,
        port,
        connectTimeoutMs: circuitBreaker.isProbing(this.#endpoint)
          ? Math.min(PROBE_TIMEOUT_MS, this.#connectTimeoutMs)
          : this.#connectTimeoutMs,
      });
      const pooled = newPooledSocket(socket, { key, keyEpoch });
      socket.onEnd = () => {
        this.#step({ type: 'lost', pooled });
      };
      return pooled;
    } catch (error) {
      if (exchange.signal.aborted || !(error instanceof HandshakeError)) {
        circuitBreaker.undecided(this.#endpoint);
      }
      throw error;
    }
  }

  #step(input: PoolInput<PooledSocket, HandshakeError>): void {
    const { state, effects } = poolStep(this.#state, input);
    const changed = state !== this.#state;
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'drop') effect.pooled.socket.drop();
      else if (effect.type === 'abortConnect') this.#ahead.abort();
    }
    if (!changed) return;
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }
}

/** What a request says and does while it waits for a connection. */
class Wait {
  readonly #exchange: Exchange;
  readonly #connectTimeoutMs: number;
  #notice: Timer | undefined;
  #grace: Timer | undefined;

  constructor(exchange: Exchange, connectTimeoutMs: number) {
    this.#exchange = exchange;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  tellLater(): void {
    const { options, onNotice } = this.#exchange;
    this.#notice ??= options.clock.after(NOTICE_AFTER_MS, () => {
      const seconds = this.#connectTimeoutMs / 1000;
      onNotice(
        `Waiting for ${options.provider.name} to open a WebSocket; ` +
          `without one within ${seconds} s the request goes by HTTP.`,
      );
    });
  }

  /** There is nothing to say about a socket that is there. */
  socketIsOpen(): void {
    this.#notice?.cancel();
    this.#notice = undefined;
  }

  limitGrace(onOver: () => void): void {
    this.#grace ??= this.#exchange.options.clock.after(PREWARM_GRACE_MS, onOver);
  }

  end(): void {
    this.#notice?.cancel();
    this.#grace?.cancel();
  }
}
