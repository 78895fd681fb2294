import { assertNever } from '../base/index.ts';

/** The one connection a client keeps, from the moment it is asked for. */
export type SlotState<Link, Failure> =
  | { readonly phase: 'idle' }
  /** Connecting ahead of anybody who needs it. */
  | { readonly phase: 'inFlight' }
  /** Open, and the model is being warmed over it. */
  | { readonly phase: 'warming'; readonly link: Link }
  | { readonly phase: 'ready'; readonly link: Link }
  /** A request uses it. */
  | { readonly phase: 'handedOver'; readonly link: Link }
  /** Connecting ahead failed; whoever comes first hears of it, as of an attempt of its own. */
  | { readonly phase: 'failed'; readonly failure: Failure }
  | { readonly phase: 'closed' };

export type SlotInput<Link, Failure> =
  | { readonly type: 'connectAhead' }
  | { readonly type: 'opened'; readonly link: Link; readonly warming: boolean }
  | { readonly type: 'openFailed'; readonly failure: Failure }
  | { readonly type: 'warmed'; readonly link: Link }
  /** Somebody takes what is there: a ready connection, or the failure. */
  | { readonly type: 'taken' }
  /** A request has opened a connection of its own. */
  | { readonly type: 'adopted'; readonly link: Link }
  | { readonly type: 'givenBack'; readonly link: Link }
  /** This connection is over. */
  | { readonly type: 'lost'; readonly link: Link }
  /** Nobody needs what was begun ahead any more. */
  | { readonly type: 'cancelled' }
  | { readonly type: 'closed' };

export type SlotEffect<Link> =
  | { readonly type: 'connect' }
  | { readonly type: 'abortConnect' }
  | { readonly type: 'drop'; readonly link: Link };

export type SlotStep<Link, Failure> = {
  readonly state: SlotState<Link, Failure>;
  readonly effects: readonly SlotEffect<Link>[];
};

const IDLE = { phase: 'idle' } as const;

/** Pure: at most one connection is kept, and whatever does not find its place here is dropped. */
export function slotStep<Link, Failure>(
  state: SlotState<Link, Failure>,
  input: SlotInput<Link, Failure>,
): SlotStep<Link, Failure> {
  const stay = { state, effects: [] };
  switch (input.type) {
    case 'connectAhead':
      if (state.phase !== 'idle') return stay;
      return { state: { phase: 'inFlight' }, effects: [{ type: 'connect' }] };
    case 'opened':
      if (state.phase !== 'inFlight') return dropping(state, input.link);
      return {
        state: { phase: input.warming ? 'warming' : 'ready', link: input.link },
        effects: [],
      };
    case 'openFailed':
      if (state.phase !== 'inFlight') return stay;
      return { state: { phase: 'failed', failure: input.failure }, effects: [] };
    case 'warmed':
      if (state.phase !== 'warming' || state.link !== input.link) return stay;
      return { state: { phase: 'ready', link: input.link }, effects: [] };
    case 'taken':
      if (state.phase === 'failed') return { state: IDLE, effects: [] };
      if (state.phase !== 'ready') return stay;
      return { state: { phase: 'handedOver', link: state.link }, effects: [] };
    case 'adopted':
      // A second request at the same time keeps its connection to itself.
      if (state.phase !== 'idle') return stay;
      return { state: { phase: 'handedOver', link: input.link }, effects: [] };
    case 'givenBack':
      if (state.phase !== 'handedOver' || state.link !== input.link) {
        return dropping(state, input.link);
      }
      return { state: { phase: 'ready', link: input.link }, effects: [] };
    case 'lost':
      return linkOf(state) === input.link ? { state: IDLE, effects: [] } : stay;
    case 'cancelled':
      if (state.phase === 'inFlight') return { state: IDLE, effects: [{ type: 'abortConnect' }] };
      return state.phase === 'warming' ? dropping(IDLE, state.link) : stay;
    case 'closed': {
      const link = linkOf(state);
      const closed = { phase: 'closed' } as const;
      if (state.phase === 'inFlight') return { state: closed, effects: [{ type: 'abortConnect' }] };
      return link === undefined ? { state: closed, effects: [] } : dropping(closed, link);
    }
    default:
      return assertNever(input, 'slot input');
  }
}

function dropping<Link, Failure>(
  state: SlotState<Link, Failure>,
  link: Link,
): SlotStep<Link, Failure> {
  return { state, effects: [{ type: 'drop', link }] };
}

function linkOf<Link, Failure>(state: SlotState<Link, Failure>): Link | undefined {
  return 'link' in state ? state.link : undefined;
}
