import { sleep } from '../base/index.ts';
import { attempt, type AttemptFailure } from './attempt.ts';
import { ModelAbortedError, ModelError } from './errors.ts';
import type { ModelEvent, RetryNotice } from './events.ts';
import type { ResponseItem } from './items.ts';
import type { TurnContext } from './metadata.ts';
import type { ModelRequest } from './request.ts';
import { backoffMs } from './waiting.ts';
import type { ModelClientValues } from './values.ts';

export type StreamOptions = {
  /** Ends the sampling at whatever stage it is. */
  readonly signal: AbortSignal;
  /** Called before each repeat. */
  readonly onRetry?: (notice: RetryNotice) => void;
};

/** A provider that asks for more patience than this is better reported than waited for. */
const MAX_RETRY_AFTER_MS = 120_000;

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
    const used = { request: 0, stream: 0 };
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

      const { error, stage } = outcome;
      if (!mayRepeat(outcome) || used[stage] >= budgets[stage]) {
        throw withAttempts(error, 1 + used.request + used.stream);
      }
      used[stage] += 1;
      kept.push(...outcome.kept);
      const delayMs = error.retryAfterMs ?? backoffMs(used[stage], (random ?? Math.random)());
      options.onRetry?.({
        message: `${error.message} Trying again (${used[stage]} of ${budgets[stage]}).`,
        error,
        attempt: used[stage],
        maxAttempts: budgets[stage],
        delayMs,
      });
      await sleep(clock, delayMs, signal);
      if (signal.aborted) throw new ModelAbortedError({ cause: error });
    }
  }
}

function mayRepeat({ error }: AttemptFailure): boolean {
  return error.retryable && (error.retryAfterMs ?? 0) <= MAX_RETRY_AFTER_MS;
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
    cause: error,
  });
}
