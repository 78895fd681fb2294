import { sleep } from '../../base/index.ts';
import {
  freshTrace,
  ModelAbortedError,
  type ModelError,
  type ModelEvent,
  type ModelRequest,
  type ResponseItem,
  type RetryNotice,
} from '../contract/index.ts';
import type { TurnContext } from '../request/index.ts';
import { renewKey, type SocketPool, socketTransport, wantsSockets } from '../socketPool/index.ts';
import {
  httpTransport,
  type ModelClientOptions,
  type ResponsesTransport,
} from '../transport/index.ts';
import {
  type AfterFailure,
  afterFailure,
  beginSampling,
  ONCE_HTTP_WORKS,
  type SamplingState,
} from './afterFailure.ts';
import { attempt, type AttemptFailure } from './attempt.ts';
import { compactByProvider, type CompactedInput } from './compactRequest.ts';

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

  /** The history was compacted, so that what is told from now on fits the window of this number. */
  setWindowNumber(windowNumber: number): void {
    this.#turn = { ...this.#turn, windowNumber };
  }

  /**
   * Something new was said: asks a model that can do so to stop its answer here. The sampling then
   * completes as one that wants another; where nothing can be asked, the answer goes on to its end.
   */
  requestInterrupt(): void {
    this.#requestInterrupt?.();
  }

  /**
   * Has the provider make the conversation of a request shorter where it has a way of its own for that.
   * Undefined where it has none, or where nothing came of it; never rejects.
   */
  async compact(request: ModelRequest, signal: AbortSignal): Promise<CompactedInput | undefined> {
    if (this.#options.provider.compacts !== true) return undefined;
    const either = AbortSignal.any([signal, this.#closed]);
    return compactByProvider(this.#options, this.#turn, request, either);
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
    const kept: ResponseItem[] = [];
    let state = beginSampling(this.#wayFor(request));
    /** Why sockets are to be given up for good, once HTTP has shown that it is better. */
    let suspicion: ModelError | undefined;
    for (;;) {
      this.#attempts += 1;
      const outcome = yield* attempt({
        options: this.#options,
        turn: this.#turn,
        turnState: this.#turnState,
        ownTrace: this.#ownTrace,
        transport: this.#transportFor(state),
        request: { ...request, input: [...request.input, ...kept] },
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
      if (outcome === 'completed') {
        if (suspicion !== undefined) {
          this.#pool?.giveUp(true);
          tellOfHttp(suspicion, options);
        }
        return;
      }
      const { error } = outcome;
      // Retries, notices and the end all speak in its words.
      this.#options.provider.hideSecrets(error);
      if (signal.aborted) throw new ModelAbortedError({ cause: error });
      kept.push(...outcome.kept);
      const next = await this.#after(outcome, state, signal);
      if (signal.aborted) throw new ModelAbortedError({ cause: error });
      if (next.go === 'end') throw next.error;
      ({ state } = next);
      if (next.notice !== undefined) options.onRetry?.(next.notice);
      if (next.go === 'http') {
        this.#pool?.giveUp(next.remember === 'now');
        if (next.remember === 'whenHttpWorks') suspicion = error;
        if (next.tell) tellOfHttp(error, options);
      } else if (next.delayMs > 0) {
        await sleep(this.#options.clock, next.delayMs, signal);
        if (signal.aborted) throw new ModelAbortedError({ cause: error });
      }
    }
  }

  #wayFor(request: ModelRequest): SamplingState['way'] {
    const wanted = wantsSockets(this.#options.provider, request);
    return wanted && this.#pool?.areWorthAsking === true ? 'socket' : 'http';
  }

  #transportFor({ way }: SamplingState): ResponsesTransport {
    return way === 'socket' && this.#pool !== undefined
      ? socketTransport(this.#pool)
      : httpTransport;
  }

  /** What to do about a failed attempt, with a renewed key in hand where that was to be had. */
  async #after(
    failure: AttemptFailure,
    before: SamplingState,
    signal: AbortSignal,
  ): Promise<Exclude<AfterFailure, { readonly go: 'renewKey' }>> {
    const { provider, clock, random } = this.#options;
    const context = {
      budgets: { request: provider.requestMaxRetries, stream: provider.streamMaxRetries },
      nowMs: clock.nowMs(),
      random: (random ?? Math.random)(),
      isProbing: this.#pool?.isProbing === true,
    };
    const next = afterFailure(before, failure, context);
    if (next.go !== 'renewKey') return next;
    const { state, refused, notice } = next;
    return (await renewKey(provider, refused, signal))
      ? { go: 'again', state, delayMs: 0, notice }
      : { go: 'http', state: { ...state, way: 'http' }, ...ONCE_HTTP_WORKS, notice };
  }
}

function tellOfHttp(error: ModelError, options: StreamOptions): void {
  options.onNotice?.(`No WebSocket, so HTTP is used instead: ${error.message}`);
}
