import { assertNever } from '../../core/base/index.ts';

/** An engine that ran this long was healthy; its crash is counted afresh. */
const HEALTHY_AFTER_MS = 60_000;
/** The first start again is at once, because a page waits for it; each further one is given more time. */
const DELAYS_MS = [0, 250, 1_000, 3_000];

export type SupervisionState = {
  readonly phase: 'running' | 'waiting' | 'asking' | 'ended';
  readonly startedAtMs: number;
  /** Since the engine was last healthy. */
  readonly crashes: number;
};

export type SupervisionInput =
  /** `isHopeless`: it said itself that it cannot start, and trying again would only repeat it. */
  | { readonly type: 'exited'; readonly isHopeless: boolean; readonly nowMs: number }
  | { readonly type: 'waited'; readonly nowMs: number }
  | { readonly type: 'answered'; readonly isRestartWanted: boolean; readonly nowMs: number }
  | { readonly type: 'quitting' };

export type SupervisionEffect =
  | { readonly type: 'start' }
  | { readonly type: 'wait'; readonly delayMs: number }
  | { readonly type: 'giveUp'; readonly crashes: number }
  | { readonly type: 'quit' };

export type SupervisionStep = {
  readonly state: SupervisionState;
  readonly effect: SupervisionEffect | undefined;
};

export const startSupervision = (nowMs: number): SupervisionState => ({
  phase: 'running',
  startedAtMs: nowMs,
  crashes: 0,
});

/**
 * What happens when the engine's process ends by itself: it is started again, later each time, so that the
 * page reconnects and resumes its thread; one that does not stay up is given up and put to the host.
 */
export function superviseEngine(state: SupervisionState, input: SupervisionInput): SupervisionStep {
  if (state.phase === 'ended') return { state, effect: undefined };
  switch (input.type) {
    case 'quitting':
      return { state: { ...state, phase: 'ended' }, effect: undefined };
    case 'exited':
      return state.phase === 'running' ? crashed(state, input) : { state, effect: undefined };
    case 'waited':
      return state.phase === 'waiting'
        ? { state: { ...state, phase: 'running', startedAtMs: input.nowMs }, effect: START }
        : { state, effect: undefined };
    case 'answered':
      if (state.phase !== 'asking') return { state, effect: undefined };
      return input.isRestartWanted
        ? { state: startSupervision(input.nowMs), effect: START }
        : { state: { ...state, phase: 'ended' }, effect: { type: 'quit' } };
    default:
      return assertNever(input, 'supervision input');
  }
}

const START: SupervisionEffect = { type: 'start' };

function crashed(
  state: SupervisionState,
  { isHopeless, nowMs }: Extract<SupervisionInput, { type: 'exited' }>,
): SupervisionStep {
  const wasHealthy = nowMs - state.startedAtMs >= HEALTHY_AFTER_MS;
  const crashes = (wasHealthy ? 0 : state.crashes) + 1;
  const delayMs = DELAYS_MS[crashes - 1];
  if (isHopeless || delayMs === undefined) {
    return { state: { ...state, phase: 'asking', crashes }, effect: { type: 'giveUp', crashes } };
  }
  return delayMs === 0
    ? { state: { phase: 'running', startedAtMs: nowMs, crashes }, effect: START }
    : { state: { ...state, phase: 'waiting', crashes }, effect: { type: 'wait', delayMs } };
}
