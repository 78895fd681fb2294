/** A timer that has not fired yet; cancelling a fired or cancelled one does nothing. */
export type Timer = { cancel(): void };

/** Time as the product sees it, so that a test can turn the hands itself. */
export interface Clock {
  /** Wall-clock time in Unix milliseconds. */
  nowMs(): number;
  /** Calls `callback` once after `delayMs`; never synchronously. */
  after(delayMs: number, callback: () => void): Timer;
}
