import type { Clock } from '../base/index.ts';

/** Longer delays make a timer of the machine fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/** The machine's own time. Its timers keep the process alive until they fire or are cancelled. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, callback) => {
    let timeout: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      const stepMs = Math.min(remainingMs, MAX_TIMER_MS);
      timeout = setTimeout(() => {
        if (remainingMs > stepMs) arm(remainingMs - stepMs);
        else callback();
      }, stepMs);
    };
    arm(Math.max(0, delayMs));
    return {
      cancel: () => {
        clearTimeout(timeout);
      },
    };
  },
};
