import type { Clock } from '../base/index.ts';

/** Waits on the clock; an abort ends the wait at once and without an error. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => {
    timer.cancel();
    signal.removeEventListener('abort', wake);
    resolve();
  };
  const timer = clock.after(delayMs, wake);
  signal.addEventListener('abort', wake, { once: true });
  return promise;
}
