import {
  RpcErrorCode,
  type Turn,
  type TurnError,
  type UnsteerableKind,
} from '../protocol/index.ts';
import { invalidRequest, RpcError } from '../rpc/index.ts';
import type { TurnInput } from './tasks/index.ts';
import type { TurnRun } from './turnRun.ts';

type State =
  | { readonly phase: 'idle' }
  /** The last turn failed. */
  | { readonly phase: 'failed' }
  | {
      readonly phase: 'running';
      readonly run: TurnRun;
      /** Turns for what the running one does not take, in order. */
      readonly waiting: readonly TurnRun[];
    };

export type TurnQueueOptions = {
  /** Called before a turn begins. */
  readonly onBeginning: () => void;
  /** Called once the turn is no longer the running one, before the next begins. */
  readonly onEnded: (turn: Turn, isLast: boolean) => void;
  /** Called when one that waited ends without having begun; what runs goes on. */
  readonly onWithdrawn: (turn: Turn) => void;
};

/** The turns of a thread, one after the other. */
export class TurnQueue {
  readonly #options: TurnQueueOptions;
  readonly #begun = new WeakSet<TurnRun>();
  #state: State = { phase: 'idle' };

  constructor(options: TurnQueueOptions) {
    this.#options = options;
  }

  get phase(): State['phase'] {
    return this.#state.phase;
  }

  /** The turn that takes more from the user, if one does. */
  join(input: TurnInput): TurnRun | undefined {
    return this.#runs.find((run) => run.join(input));
  }

  /** Adds words to that turn; throws the protocol's refusal unless it runs and takes them (app-server §6). */
  steer(turnId: string, input: TurnInput): TurnRun {
    if (turnId === '') throw invalidRequest('expectedTurnId must not be empty');
    const [running] = this.#runs;
    if (running !== undefined && running.turnId !== turnId) {
      throw invalidRequest(`expected active turn id \`${turnId}\` but found \`${running.turnId}\``);
    }
    if (running?.join(input) === true) return running;
    if (running?.unsteerable !== undefined) throw notSteerable(running.unsteerable);
    throw invalidRequest('no active turn to steer');
  }

  /**
   * What stops that turn, or all where it is empty. Throws the protocol's refusal when it neither runs
   * nor waits (app-server §6).
   */
  interruption(turnId: string): () => void {
    const runs = this.#runs;
    const meant = turnId === '' ? runs : runs.filter((run) => run.turnId === turnId);
    if (turnId !== '' && meant.length === 0) {
      const found = runs[0]?.turnId;
      throw invalidRequest(
        found === undefined
          ? 'no active turn to interrupt'
          : `expected active turn id ${turnId} but found ${found}`,
      );
    }
    return () => {
      for (const run of meant) this.#stop(run);
    };
  }

  /** Gives a turn its place; it begins with `begin`, or later when others are before it. */
  add(run: TurnRun): void {
    const state = this.#state;
    this.#state =
      state.phase === 'running'
        ? { ...state, waiting: [...state.waiting, run] }
        : { phase: 'running', run, waiting: [] };
  }

  begin(run: TurnRun): void {
    const place = this.#runs.indexOf(run);
    // Withdrawn before it could begin.
    if (place === -1) return;
    this.#begun.add(run);
    if (place === 0) void this.#run(run);
    else run.wait();
  }

  get #runs(): readonly TurnRun[] {
    return this.#state.phase === 'running' ? [this.#state.run, ...this.#state.waiting] : [];
  }

  /** The process ends: what runs is broken off, and what waits is left as it was written down. */
  close(): void {
    const state = this.#state;
    if (state.phase !== 'running') return;
    this.#state = { ...state, waiting: [] };
    state.run.requestInterrupt();
  }

  #stop(run: TurnRun): void {
    const state = this.#state;
    if (state.phase !== 'running' || !state.waiting.includes(run)) {
      run.requestInterrupt();
      return;
    }
    this.#state = { ...state, waiting: state.waiting.filter((other) => other !== run) };
    this.#options.onWithdrawn(run.withdraw());
  }

  async #run(run: TurnRun): Promise<void> {
    this.#options.onBeginning();
    const turn = await run.run();
    const [next, ...waiting] = this.#runs.slice(1);
    this.#state =
      next === undefined
        ? { phase: turn.status === 'failed' ? 'failed' : 'idle' }
        : { phase: 'running', run: next, waiting };
    this.#options.onEnded(turn, next === undefined);
    if (next !== undefined && this.#begun.has(next)) void this.#run(next);
  }
}

const NOT_STEERABLE: Readonly<Record<UnsteerableKind, string>> = {
  compact: 'The conversation is being summarised; say it again when that is done.',
  review: 'A review is under way; say it again when that is done.',
};

/** The refusal holds a turn's whole error as its data (app-server §3). */
function notSteerable(turnKind: UnsteerableKind): RpcError {
  const message = NOT_STEERABLE[turnKind];
  const error: TurnError = {
    message,
    codexErrorInfo: { activeTurnNotSteerable: { turnKind } },
    additionalDetails: null,
  };
  return new RpcError(RpcErrorCode.invalidRequest, message, error);
}
