import { errorText, type Timer } from '../base/index.ts';
import { ModelAbortedError } from './errors.ts';
import { afterHandshake, HandshakeError } from './handshake.ts';
import { type Link, newLink } from './link.ts';
import { PREWARM } from './metadata.ts';
import { openSocket } from './openSocket.ts';
import { prewarm } from './prewarm.ts';
import type { ModelRequest } from './request.ts';
import { type SlotInput, type SlotState, slotStep } from './slot.ts';
import { freshTrace } from './trace.ts';
import type { Exchange } from './transport.ts';
import type { ModelClientValues } from './values.ts';
import type { SocketAccess } from './verdicts.ts';
import { unlessAborted } from './waiting.ts';
import { socketEndpointOf } from './wireRequest.ts';

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
export class SocketLinks {
  readonly #values: ModelClientValues;
  readonly #access: SocketAccess;
  readonly #endpoint: URL;
  #state: SlotState<Link, HandshakeError> = { phase: 'idle' };
  /** What was begun ahead; replaced with each, so that a late end finds that it is not meant. */
  #ahead = new AbortController();
  #failedAtMs = 0;
  /** Resolves with the next change of state. */
  #changed = Promise.withResolvers<void>();

  constructor(values: ModelClientValues, access: SocketAccess) {
    this.#values = values;
    this.#access = access;
    this.#endpoint = socketEndpointOf(values.provider);
  }

  /** Opens a connection for whoever comes first, and warms the model over it. Never fails. */
  connectAhead(request: ModelRequest): void {
    if (this.#state.phase !== 'idle') return;
    const may = this.#access.verdicts.ask(this.#endpoint);
    if (may === 'http') return;
    this.#step({ type: 'connectAhead' });
    const ahead = new AbortController();
    this.#ahead = ahead;
    void this.#openAhead(request, ahead.signal);
  }

  /** Whether a request should ask for a socket: a failure that nobody has heard of counts, too. */
  get areWorthAsking(): boolean {
    const isOld = this.#values.clock.nowMs() > this.#failedAtMs + FAILURE_COUNTS_MS;
    if (this.#state.phase === 'failed' && isOld) this.#step({ type: 'taken' });
    const { phase } = this.#state;
    if (phase === 'closed') return false;
    if (phase !== 'idle') return true;
    return this.#access.verdicts.ask(this.#endpoint) !== 'http';
  }

  /**
   * A connection for one request, which gives it back or loses it. Fails with a HandshakeError, a
   * ModelAbortedError, or the ProductError of whoever has the key.
   */
  async take(exchange: Exchange): Promise<Link> {
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
            const { link } = state;
            if (!this.#isFresh(link)) {
              this.lose(link);
              break;
            }
            this.#step({ type: 'taken' });
            return link;
          }
          case 'inFlight':
            wait.tellLater();
            await unlessAborted(this.#changed.promise, signal);
            break;
          case 'warming':
            wait.limitGrace(() => {
              this.cancelAhead();
            });
            await unlessAborted(this.#changed.promise, signal);
            break;
          default:
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

  giveBack(link: Link): void {
    this.#step({ type: 'givenBack', link });
  }

  /** Ends a connection at once. */
  lose(link: Link): void {
    this.#step({ type: 'lost', link });
    link.socket.drop();
  }

  /** Sockets do not work here; what there is of them goes. */
  giveUp(remember: boolean): void {
    if (remember) this.#access.verdicts.failed(this.#endpoint);
    else this.#access.verdicts.undecided(this.#endpoint);
    this.cancelAhead();
    if (this.#state.phase === 'ready') this.lose(this.#state.link);
  }

  close(): void {
    this.#step({ type: 'closed' });
  }

  get #connectTimeoutMs(): number {
    return this.#values.provider.websocketConnectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
  }

  #isFresh({ socket }: Link): boolean {
    return socket.isOpen && this.#values.clock.nowMs() < socket.openedAtMs + MAX_AGE_MS;
  }

  async #openAhead(request: ModelRequest, signal: AbortSignal): Promise<void> {
    const exchange: Exchange = {
      values: this.#values,
      turn: PREWARM,
      turnState: undefined,
      ownTrace: freshTrace(),
      request: { ...request, input: [] },
      signal,
      onNotice: () => undefined,
    };
    let link: Link;
    try {
      link = await this.#open(exchange);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof HandshakeError) {
        this.#learn(error);
        this.#failedAtMs = this.#values.clock.nowMs();
        this.#step({ type: 'openFailed', failure: error });
        return;
      }
      // No key yet, perhaps: the first turn finds out how that is by then.
      this.cancelAhead();
      const { log, provider } = this.#values;
      log.debug({ provider: provider.id, cause: errorText(error) }, 'nothing was opened ahead');
      return;
    }
    if (signal.aborted) {
      link.socket.drop();
      return;
    }
    this.#step({ type: 'opened', link, warming: true });
    const isWarm = await prewarm(link, exchange, this.#connectTimeoutMs);
    if (isWarm) this.#step({ type: 'warmed', link });
    else this.lose(link);
  }

  /** Others need not wait for what has been waited for here. */
  #learn({ failure }: HandshakeError): void {
    const after = afterHandshake(failure, 1);
    if (after.go === 'http' && after.remember) this.#access.verdicts.failed(this.#endpoint);
  }

  async #openNow(exchange: Exchange): Promise<Link> {
    const link = await this.#open(exchange);
    this.#step({ type: 'adopted', link });
    return link;
  }

  async #open(exchange: Exchange): Promise<Link> {
    const { verdicts, port } = this.#access;
    try {
      const socket = await openSocket({
        ...exchange,
        port,
        connectTimeoutMs: verdicts.isProbing(this.#endpoint)
          ? Math.min(PROBE_TIMEOUT_MS, this.#connectTimeoutMs)
          : this.#connectTimeoutMs,
      });
      verdicts.worked(this.#endpoint);
      const link = newLink(socket);
      socket.onEnd = () => {
        this.#step({ type: 'lost', link });
      };
      return link;
    } catch (error) {
      if (exchange.signal.aborted || !(error instanceof HandshakeError)) {
        verdicts.undecided(this.#endpoint);
      }
      throw error;
    }
  }

  #step(input: SlotInput<Link, HandshakeError>): void {
    const { state, effects } = slotStep(this.#state, input);
    const changed = state !== this.#state;
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'drop') effect.link.socket.drop();
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
    const { values, onNotice } = this.#exchange;
    this.#notice ??= values.clock.after(NOTICE_AFTER_MS, () => {
      const seconds = this.#connectTimeoutMs / 1000;
      onNotice(
        `Waiting for ${values.provider.name} to open a WebSocket; ` +
          `without one within ${seconds} s the request goes by HTTP.`,
      );
    });
  }

  limitGrace(onOver: () => void): void {
    this.#grace ??= this.#exchange.values.clock.after(PREWARM_GRACE_MS, onOver);
  }

  end(): void {
    this.#notice?.cancel();
    this.#grace?.cancel();
  }
}
