import type { Clock } from '../../../core/base/index.ts';

/** Real time for hosts; a waiting timer never keeps a process alive that has nothing else to do. */
export const hostClock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};
