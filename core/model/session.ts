import { sleep } from '../base/index.ts';
import { attempt, type AttemptFailure } from './attempt.ts';
import { ModelAbortedError, ModelError } from './errors.ts';
import type { ModelEvent, RetryNotice } from './events.ts';
import { afterHandshake, type HandshakeFailure } from './handshake.ts';
import { httpTransport } from './httpTransport.ts';
import type { ResponseItem } from './items.ts';
import type { SocketLinks } from './links.ts';
import type { TurnContext } from './metadata.ts';
import { nextRepeat, noRepeats, type RepeatState } from './repeats.ts';
import type { ModelRequest } from './request.ts';
import { socketTransport, wantsSockets } from './socketTransport.ts';
import { freshTrace } from './trace.ts';
import type { Transport } from './transport.ts';
import { backoffMs } from './waiting.ts';
import type { ModelClientValues } from './values.ts';

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

/** How far the repeats of one sampling have come. */
type Progress = {
  transport: Transport;
  repeats: RepeatState;
  failedHandshakes: number;
  renewals: number;
  readonly kept: ResponseItem[];
};

/** The samplings of one turn: they share the routing token the provider gave to the first. */
export class ModelClientSession {
  readonly #values: ModelClientValues;
  readonly #links: SocketLinks | undefined;
  readonly #closed: AbortSignal;
  readonly #ownTrace = freshTrace();
  #turn: TurnContext;
  #turnState: string | undefined;
  #askToStop: (() => void) | undefined;
  #attempts = 0;

  constructor(
    values: ModelClientValues,
    links: SocketLinks | undefined,
    turn: TurnContext,
    closed: AbortSignal,
  ) {
    this.#values = values;
    this.#links = links;
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
  giveWay(): void {
    this.#askToStop?.();
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
      repeats: noRepeats,
      failedHandshakes: 0,
      renewals: 0,
      kept: [],
    };
    for (;;) {
      this.#attempts += 1;
      const outcome = yield* attempt({
        values: this.#values,
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
        onAnswering: (askToStop) => {
          this.#askToStop = askToStop;
        },
        onNotice: (message) => options.onNotice?.(message),
      });
      if (outcome === 'completed') return;
      if (signal.aborted) throw new ModelAbortedError({ cause: outcome.error });
      progress.kept.push(...outcome.kept);
      const delayMs = this.#next(outcome, progress, options);
      if (delayMs === 0) continue;
      await sleep(this.#values.clock, delayMs, signal);
      if (signal.aborted) throw new ModelAbortedError({ cause: outcome.error });
    }
  }

  #transportFor(request: ModelRequest): Transport {
    const links = this.#links;
    const wanted = wantsSockets(this.#values.provider, request);
    return wanted && links?.areWorthAsking === true ? socketTransport(links) : httpTransport;
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
      if (outcome.hasBroken === true) tellRepeat(error, 'Asking again.', options);
      return 0;
    }
    const { provider, clock, random } = this.#values;
    const { repeats } = progress;
    const repeat = nextRepeat(repeats, outcome, {
      budgets: { request: provider.requestMaxRetries, stream: provider.streamMaxRetries },
      nowMs: clock.nowMs(),
      random: (random ?? Math.random)(),
    });
    const isBrokenSocket = isSocket && outcome.link === true;
    if (repeat === undefined) {
      if (!isBrokenSocket) throw withAttempts(error, repeats.attempts);
      this.#goOnByHttp(error, progress, { remember: true, tell: true }, options);
      if (outcome.hasBroken === true) tellRepeat(error, 'Asking again.', options);
      return 0;
    }
    progress.repeats = repeat.state;
    const { delayMs, attempt: count, maxAttempts, promise } = repeat;
    // A connection that breaks once is mended before anybody would notice, if there was nothing to see.
    if (!isBrokenSocket || outcome.hasBroken === true || repeats.attempts > 1) {
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
    if (after.go === 'again') return backoffMs(1, (this.#values.random ?? Math.random)());
    this.#goOnByHttp(error, progress, after, options);
    return 0;
  }

  #goOnByHttp(
    error: ModelError,
    progress: Progress,
    how: { readonly remember: boolean; readonly tell: boolean },
    options: StreamOptions,
  ): void {
    this.#links?.giveUp(how.remember);
    progress.transport = httpTransport;
    progress.repeats = noRepeats;
    if (how.tell) options.onNotice?.(`No WebSocket, so HTTP is used instead: ${error.message}`);
  }
}

function tellRepeat(error: ModelError, promise: string, options: StreamOptions): void {
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
