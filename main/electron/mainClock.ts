import type { Clock } from '../../core/base/index.ts';

/** Real time for Electron's main process. */
export const mainClock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};
