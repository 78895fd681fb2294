import { sleep } from '../../base/index.ts';
import {
  freshTrace,
  ModelAbortedError,
  ModelError,
  type ModelEvent,
  type ModelRequest,
  type ResponseItem,
  type RetryNotice,
} from '../contract/index.ts';
import type { TurnContext } from '../request/index.ts';
import {
  afterHandshake,
  type HandshakeFailure,
  type SocketPool,
  socketTransport,
  wantsSockets,
} from '../socketPool/index.ts';
import {
  httpTransport,
  type ModelClientOptions,
  type ResponsesTransport,
} from '../transport/index.ts';
import { attempt, type AttemptFailure } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { nextRetry, noRetries, type RetryState } from './retryPolicy.ts';

export type StreamOptions = {
  /** Ends the sampling at whatever stage it is. */
  readonly signal: AbortSignal;
  /** Called before each repeat. */
  readonly onRetry?: (notice: RetryNotice) => void;
  /**
   * Called with one sentence for people when something keeps the request waiting, or when it takes
   * another way than the one configured.
   */
  readonly onNotice?: (message: string) => void;
};

/** More new connections than this for one sampling are no accident. */
const MAX_RENEWALS = 2;

/** How far the retries of one sampling have come. */
type Progress = {
  transport: ResponsesTransport;
  retries: RetryState;
  failedHandshakes: number;
  renewals: number;
  readonly kept: ResponseItem[];
};

/** The samplings of one turn: they share the routing token the provider gave to the first. */
export class ModelClientSession {
  readonly #options: ModelClientOptions;
  readonly #pool: SocketPool | undefined;
  readonly #closed: AbortSignal;
  readonly #ownTrace = freshTrace();
  #turn: TurnContext;
  #turnState: string | undefined;
  #requestInterrupt: (() => void) | undefined;
  #attempts = 0;

  constructor(
    options: ModelClientOptions,
    pool: SocketPool | undefined,
    turn: TurnContext,
    closed: AbortSignal,
  ) {
    this.#options = options;
    this.#pool = pool;
    this.#turn = turn;
    this.#closed = closed;
  }

  /** What the client gave along with a steering message replaces what it gave before. */
  setClientMetadata(clientMetadata: Readonly<Record<string, string>>): void {
    this.#turn = { ...this.#turn, clientMetadata };
  }

  /**
   * Something new was said: asks a model that can do so to stop its answer here. The sampling then
   * completes as one that wants another; where nothing can be asked, the answer goes on to its end.
   */
  requestInterrupt(): void {
    this.#requestInterrupt?.();
  }

  /**
   * Samples once, repeating what may be repeated within the provider's budgets. Ends after
   * `completed`, or throws: ModelAbortedError when `signal` or the client's close ended it, else
   * ModelError. Leaving the loop early closes the connection.
   */
  async *stream(
    request: ModelRequest,
    options: StreamOptions,
  ): AsyncGenerator<ModelEvent, void, void> {
    const signal = AbortSignal.any([options.signal, this.#closed]);
    const progress: Progress = {
      transport: this.#transportFor(request),
      retries: noRetries,
      failedHandshakes: 0,
      renewals: 0,
      kept: [],
    };
    for (;;) {
      this.#attempts += 1;
      const outcome = yield* attempt({
        options: this.#options,
        turn: this.#turn,
        turnState: this.#turnState,
        ownTrace: this.#ownTrace,
        transport: progress.transport,
        request: { ...request, input: [...request.input, ...progress.kept] },
        idPrefix: `item_${this.#turn.turnId}_${this.#attempts}`,
        signal,
        onTurnState: (turnState) => {
          this.#turnState ??= turnState;
        },
        onAnswering: (requestInterrupt) => {
          this.#requestInterrupt = requestInterrupt;
        },
        onNotice: (message) => options.onNotice?.(message),
      });
      if (outcome === 'completed') return;
      if (signal.aborted) throw new ModelAbortedError({ cause: outcome.error });
      progress.kept.push(...outcome.kept);
      const delayMs = this.#next(outcome, progress, options);
      if (delayMs === 0) continue;
      await sleep(this.#options.clock, delayMs, signal);
      if (signal.aborted) throw new ModelAbortedError({ cause: outcome.error });
    }
  }

  #transportFor(request: ModelRequest): ResponsesTransport {
    const pool = this.#pool;
    const wanted = wantsSockets(this.#options.provider, request);
    return wanted && pool?.areWorthAsking === true ? socketTransport(pool) : httpTransport;
  }

  /** Decides how a failed attempt is repeated and after what wait; throws where it is not. */
  #next(outcome: AttemptFailure, progress: Progress, options: StreamOptions): number {
    const { error } = outcome;
    if (outcome.handshake !== undefined) {
      return this.#afterHandshake(outcome.handshake, error, progress, options);
    }
    const isSocket = progress.transport.kind === 'socket';
    if (isSocket && outcome.renew === true && progress.renewals < MAX_RENEWALS) {
      progress.renewals += 1;
      if (outcome.hasBroken === true) tellRetry(error, 'Asking again.', options);
      return 0;
    }
    const { provider, clock, random } = this.#options;
    const { retries } = progress;
    const retry = nextRetry(retries, outcome, {
      budgets: { request: provider.requestMaxRetries, stream: provider.streamMaxRetries },
      nowMs: clock.nowMs(),
      random: (random ?? Math.random)(),
    });
    const isBrokenSocket = isSocket && outcome.isConnectionLost === true;
    if (retry === undefined) {
      if (!isBrokenSocket) throw withAttempts(error, retries.attempts);
      this.#goOnByHttp(error, progress, { remember: true, tell: true }, options);
      if (outcome.hasBroken === true) tellRetry(error, 'Asking again.', options);
      return 0;
    }
    progress.retries = retry.state;
    const { delayMs, attempt: count, maxAttempts, promise } = retry;
    // A connection that breaks once is mended before anybody would notice, if there was nothing to see.
    if (!isBrokenSocket || outcome.hasBroken === true || retries.attempts > 1) {
      const message = `${error.message} ${promise}`;
      options.onRetry?.({ message, error, attempt: count, maxAttempts, delayMs });
    }
    return delayMs;
  }

  #afterHandshake(
    failure: HandshakeFailure,
    error: ModelError,
    progress: Progress,
    options: StreamOptions,
  ): number {
    progress.failedHandshakes += 1;
    const after = afterHandshake(failure, progress.failedHandshakes);
    if (after.go === 'again') return backoffMs(1, (this.#options.random ?? Math.random)());
    this.#goOnByHttp(error, progress, after, options);
    return 0;
  }

  #goOnByHttp(
    error: ModelError,
    progress: Progress,
    how: { readonly remember: boolean; readonly tell: boolean },
    options: StreamOptions,
  ): void {
    this.#pool?.giveUp(how.remember);
    progress.transport = httpTransport;
    progress.retries = noRetries;
    if (how.tell) options.onNotice?.(`No WebSocket, so HTTP is used instead: ${error.message}`);
  }
}

function tellRetry(error: ModelError, promise: string, options: StreamOptions): void {
  const message = `${error.message} ${promise}`;
  options.onRetry?.({ message, error, attempt: 1, maxAttempts: undefined, delayMs: 0 });
}

/** Says how often it was tried, where it was tried more than once. */
function withAttempts(error: ModelError, attempts: number): ModelError {
  if (attempts === 1) return error;
  return new ModelError(`${error.message} Tried ${attempts} times.`, {
    info: error.info,
    retryable: error.retryable,
    httpStatus: error.httpStatus,
    details: error.details,
    retryAfterMs: error.retryAfterMs,
    isUnreachable: error.isUnreachable,
    rateLimits: error.rateLimits,
    cause: error,
  });
}
