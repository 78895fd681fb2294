import type { Clock } from './clock.ts';

/** The part of AbortSignal that waiting needs; neutral code has the types of no environment. */
export type StopSignal = {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options: { once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
};

/** Waits on the clock; an abort ends the wait at once and without an error. */
export function sleep(clock: Clock, delayMs: number, signal: StopSignal): Promise<void> {
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
