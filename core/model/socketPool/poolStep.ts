import { assertNever } from '../../base/index.ts';

/** The one connection a client keeps, from the moment it is asked for. */
export type PoolState<Pooled, Failure> =
  | { readonly phase: 'idle' }
  /** Connecting ahead of anybody who needs it. */
  | { readonly phase: 'inFlight' }
  /** Open, and the model is being warmed over it. */
  | { readonly phase: 'warming'; readonly pooled: Pooled }
  | { readonly phase: 'ready'; readonly pooled: Pooled }
  /** A request uses it. */
  | { readonly phase: 'handedOver'; readonly pooled: Pooled }
  /** Connecting ahead failed; whoever comes first hears of it, as of an attempt of its own. */
  | { readonly phase: 'failed'; readonly failure: Failure }
  | { readonly phase: 'closed' };

export type PoolInput<Pooled, Failure> =
  | { readonly type: 'connectAhead' }
  | { readonly type: 'opened'; readonly pooled: Pooled; readonly warming: boolean }
  | { readonly type: 'openFailed'; readonly failure: Failure }
  | { readonly type: 'warmed'; readonly pooled: Pooled }
  /** Somebody takes what is there: a ready connection, or the failure. */
  | { readonly type: 'taken' }
  /** A request has opened a connection of its own. */
  | { readonly type: 'adopted'; readonly pooled: Pooled }
  | { readonly type: 'givenBack'; readonly pooled: Pooled }
  /** This connection is over. */
  | { readonly type: 'lost'; readonly pooled: Pooled }
  /** Nobody needs what was begun ahead any more. */
  | { readonly type: 'cancelled' }
  | { readonly type: 'closed' };

export type PoolEffect<Pooled> =
  | { readonly type: 'connect' }
  | { readonly type: 'abortConnect' }
  | { readonly type: 'drop'; readonly pooled: Pooled };

export type PoolStep<Pooled, Failure> = {
  readonly state: PoolState<Pooled, Failure>;
  readonly effects: readonly PoolEffect<Pooled>[];
};

const IDLE = { phase: 'idle' } as const;

/** Pure: at most one connection is kept, and whatever does not find its place here is dropped. */
export function poolStep<Pooled, Failure>(
  state: PoolState<Pooled, Failure>,
  input: PoolInput<Pooled, Failure>,
): PoolStep<Pooled, Failure> {
  const stay = { state, effects: [] };
  switch (input.type) {
    case 'connectAhead':
      if (state.phase !== 'idle') return stay;
      return { state: { phase: 'inFlight' }, effects: [{ type: 'connect' }] };
    case 'opened':
      if (state.phase !== 'inFlight') return dropping(state, input.pooled);
      return {
        state: { phase: input.warming ? 'warming' : 'ready', pooled: input.pooled },
        effects: [],
      };
    case 'openFailed':
      if (state.phase !== 'inFlight') return stay;
      return { state: { phase: 'failed', failure: input.failure }, effects: [] };
    case 'warmed':
      if (state.phase !== 'warming' || state.pooled !== input.pooled) return stay;
      return { state: { phase: 'ready', pooled: input.pooled }, effects: [] };
    case 'taken':
      if (state.phase === 'failed') return { state: IDLE, effects: [] };
      if (state.phase !== 'ready') return stay;
      return { state: { phase: 'handedOver', pooled: state.pooled }, effects: [] };
    case 'adopted':
      // A second request at the same time keeps its connection to itself.
      if (state.phase !== 'idle') return stay;
      return { state: { phase: 'handedOver', pooled: input.pooled }, effects: [] };
    case 'givenBack':
      if (state.phase !== 'handedOver' || state.pooled !== input.pooled) {
        return dropping(state, input.pooled);
      }
      return { state: { phase: 'ready', pooled: input.pooled }, effects: [] };
    case 'lost':
      return pooledOf(state) === input.pooled ? { state: IDLE, effects: [] } : stay;
    case 'cancelled':
      if (state.phase === 'inFlight') return { state: IDLE, effects: [{ type: 'abortConnect' }] };
      return state.phase === 'warming' ? dropping(IDLE, state.pooled) : stay;
    case 'closed': {
      const pooled = pooledOf(state);
      const closed = { phase: 'closed' } as const;
      if (state.phase === 'inFlight') return { state: closed, effects: [{ type: 'abortConnect' }] };
      return pooled === undefined ? { state: closed, effects: [] } : dropping(closed, pooled);
    }
    default:
      return assertNever(input, 'pool input');
  }
}

function dropping<Pooled, Failure>(
  state: PoolState<Pooled, Failure>,
  pooled: Pooled,
): PoolStep<Pooled, Failure> {
  return { state, effects: [{ type: 'drop', pooled }] };
}

function pooledOf<Pooled, Failure>(state: PoolState<Pooled, Failure>): Pooled | undefined {
  return 'pooled' in state ? state.pooled : undefined;
}
