import type { RealtimeWire } from '../../../realtime/transport/index.ts';
import { type Clock, ProductError, type Timer } from '../../base/index.ts';

export type ReconnectOptions = {
  readonly clock: Clock;
  /** Tries of earlier drops that led to no good connection; they count. */
  readonly triesBefore: number;
  readonly open: (signal: AbortSignal) => Promise<RealtimeWire>;
  /** Told before each try; the first after a good connection is 1. */
  readonly onTry: (attempt: number) => void;
  readonly onOpened: (wire: RealtimeWire) => void;
  /** The last word; with the failure when it was found to be one that waiting does not cure. */
  readonly onGivenUp: (failure: unknown) => void;
  /** Waits before the tries; after the last one it is over. */
  readonly delaysMs?: readonly number[];
  /** Whether waiting cures a failure; unless given, the failure itself says so. */
  readonly isFinal?: (failure: unknown) => boolean;
};

const DELAYS_MS = [150, 300, 600, 1_200, 2_400, 3_000, 3_000] as const;

const FIRST_CALL_DELAY_MS = 200;
const MAX_CALL_DELAY_MS = 30_000;

/** The wait before a call is asked for or joined once more: 0.2 s and doubling (realtime-v2 §16.2). */
export const callRetryDelayMs = (repeat: number): number =>
  Math.min(FIRST_CALL_DELAY_MS * 2 ** repeat, MAX_CALL_DELAY_MS);

/**
 * Tries to get a new connection after a drop: soon first, then more slowly, and not at all once a
 * try has failed for a reason that will stay (a wrong key, say). Calls back exactly once with an end,
 * and never after `cancel`.
 */
export class Reconnect {
  readonly #options: ReconnectOptions;
  readonly #abort = new AbortController();
  #timer: Timer | undefined;
  #attempt: number;

  constructor(options: ReconnectOptions) {
    this.#options = options;
    this.#attempt = options.triesBefore;
  }

  start(): void {
    const delayMs = (this.#options.delaysMs ?? DELAYS_MS)[this.#attempt];
    if (delayMs === undefined) {
      this.#options.onGivenUp(undefined);
      return;
    }
    this.#attempt += 1;
    this.#options.onTry(this.#attempt);
    if (delayMs === 0) {
      void this.#try();
      return;
    }
    this.#timer = this.#options.clock.after(delayMs, () => {
      void this.#try();
    });
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#abort.abort();
  }

  async #try(): Promise<void> {
    const { open, onOpened, onGivenUp, isFinal = isHopeless } = this.#options;
    const { signal } = this.#abort;
    let wire: RealtimeWire;
    try {
      wire = await open(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error)) onGivenUp(error);
      else this.start();
      return;
    }
    if (signal.aborted) wire.close(1000, 'no longer wanted');
    else onOpened(wire);
  }
}

const isHopeless = (failure: unknown): boolean =>
  failure instanceof ProductError && !failure.retryable;
