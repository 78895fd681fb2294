import { assertNever } from '../../core/base/index.ts';

/** How often a crashed engine is started again without asking. */
const FREE_RESTARTS = 1;
/** An engine that ran this long was healthy; its crash is counted afresh. */
const HEALTHY_AFTER_MS = 60_000;

export type SupervisionState = {
  readonly phase: 'running' | 'asking' | 'ended';
  readonly startedAtMs: number;
  readonly restarts: number;
};

export type SupervisionInput =
  | { readonly type: 'exited'; readonly exitCode: number; readonly nowMs: number }
  | { readonly type: 'answered'; readonly isRestartWanted: boolean; readonly nowMs: number }
  | { readonly type: 'quitting' };

export type SupervisionEffect = 'restart' | 'ask' | 'quit';

export const startSupervision = (nowMs: number): SupervisionState => ({
  phase: 'running',
  startedAtMs: nowMs,
  restarts: 0,
});

/**
 * What happens when the engine's process ends by itself: the first crash is mended quietly (the page
 * reconnects and resumes its thread), a second one soon after is put to the user.
 */
export function superviseEngine(
  state: SupervisionState,
  input: SupervisionInput,
): { readonly state: SupervisionState; readonly effect: SupervisionEffect | undefined } {
  if (state.phase === 'ended') return { state, effect: undefined };
  switch (input.type) {
    case 'quitting':
      return { state: { ...state, phase: 'ended' }, effect: undefined };
    case 'exited': {
      if (state.phase === 'asking') return { state, effect: undefined };
      const isHealthy = input.nowMs - state.startedAtMs >= HEALTHY_AFTER_MS;
      const restarts = isHealthy ? 0 : state.restarts;
      // An engine that could not start says so with code 1; trying again would only repeat it.
      if (input.exitCode === 1 || restarts >= FREE_RESTARTS) {
        return { state: { ...state, phase: 'asking' }, effect: 'ask' };
      }
      return {
        state: { phase: 'running', startedAtMs: input.nowMs, restarts: restarts + 1 },
        effect: 'restart',
      };
    }
    case 'answered':
      if (state.phase !== 'asking') return { state, effect: undefined };
      return input.isRestartWanted
        ? { state: { phase: 'running', startedAtMs: input.nowMs, restarts: 0 }, effect: 'restart' }
        : { state: { ...state, phase: 'ended' }, effect: 'quit' };
    default:
      return assertNever(input, 'supervision input');
  }
}
