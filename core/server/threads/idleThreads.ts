import type { Clock, Timer } from '../../base/index.ts';

export type IdleThreadsOptions = {
  readonly clock: Clock;
  readonly delayMs: number;
  /** Whether nobody listens to the thread, nothing happens in it and its file has all of it. */
  readonly isIdle: (threadId: string) => boolean;
  readonly unload: (threadId: string) => void;
};

/**
 * Takes threads out of memory that nobody has listened to for a while (app-server §4). A thread that
 * is not idle when its time comes is looked at again a delay later.
 */
export class IdleThreads {
  readonly #options: IdleThreadsOptions;
  readonly #timers = new Map<string, Timer>();

  constructor(options: IdleThreadsOptions) {
    this.#options = options;
  }

  /** The thread was loaded, or somebody stopped listening to it: its time begins anew. */
  watch(threadId: string): void {
    const { clock, delayMs, isIdle, unload } = this.#options;
    this.#timers.get(threadId)?.cancel();
    const timer = clock.after(delayMs, () => {
      if (isIdle(threadId)) {
        this.#timers.delete(threadId);
        unload(threadId);
      } else {
        this.watch(threadId);
      }
    });
    this.#timers.set(threadId, timer);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
