import { sleep } from '../base/index.ts';
import { attempt } from './attempt.ts';
import { ModelAbortedError, ModelError } from './errors.ts';
import type { ModelEvent, RetryNotice } from './events.ts';
import type { ResponseItem } from './items.ts';
import type { TurnContext } from './metadata.ts';
import { nextRepeat, noRepeats } from './repeats.ts';
import type { ModelRequest } from './request.ts';
import type { ModelClientValues } from './values.ts';

export type StreamOptions = {
  /** Ends the sampling at whatever stage it is. */
  readonly signal: AbortSignal;
  /** Called before each repeat. */
  readonly onRetry?: (notice: RetryNotice) => void;
};

/** The samplings of one turn: they share the routing token the provider gave to the first. */
export class ModelClientSession {
  readonly #values: ModelClientValues;
  readonly #closed: AbortSignal;
  #turn: TurnContext;
  #turnState: string | undefined;
  #attempts = 0;

  constructor(values: ModelClientValues, turn: TurnContext, closed: AbortSignal) {
    this.#values = values;
    this.#turn = turn;
    this.#closed = closed;
  }

  /** What the client gave along with a steering message replaces what it gave before. */
  setClientMetadata(clientMetadata: Readonly<Record<string, string>>): void {
    this.#turn = { ...this.#turn, clientMetadata };
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
    const { clock, provider, random } = this.#values;
    const signal = AbortSignal.any([options.signal, this.#closed]);
    const budgets = { request: provider.requestMaxRetries, stream: provider.streamMaxRetries };
    let repeats = noRepeats;
    const kept: ResponseItem[] = [];
    for (;;) {
      this.#attempts += 1;
      const outcome = yield* attempt({
        values: this.#values,
        turn: this.#turn,
        turnState: this.#turnState,
        request: { ...request, input: [...request.input, ...kept] },
        idPrefix: `item_${this.#turn.turnId}_${this.#attempts}`,
        signal,
        onTurnState: (turnState) => {
          this.#turnState ??= turnState;
        },
      });
      if (outcome === 'completed') return;
      if (signal.aborted) throw new ModelAbortedError({ cause: outcome.error });

      const { error } = outcome;
      const repeat = nextRepeat(repeats, outcome, {
        budgets,
        nowMs: clock.nowMs(),
        random: (random ?? Math.random)(),
      });
      if (repeat === undefined) throw withAttempts(error, repeats.attempts);
      repeats = repeat.state;
      kept.push(...outcome.kept);
      const { delayMs, attempt: count, maxAttempts, promise } = repeat;
      options.onRetry?.({
        message: `${error.message} ${promise}`,
        error,
        attempt: count,
        maxAttempts,
        delayMs,
      });
      await sleep(clock, delayMs, signal);
      if (signal.aborted) throw new ModelAbortedError({ cause: error });
    }
  }
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
