import type { Clock, Timer } from '../clock.ts';

type Entry = { readonly atMs: number; readonly order: number; readonly callback: () => void };

/** A clock that stands still until a test moves it; timers fire in order of their due time. */
export class ManualClock implements Clock {
  /** How many timers were ever set, so that a test can wait for the next one. */
  armed = 0;
  #nowMs: number;
  #order = 0;
  readonly #entries = new Set<Entry>();

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    this.#order += 1;
    this.armed += 1;
    const entry = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, callback };
    this.#entries.add(entry);
    return { cancel: () => this.#entries.delete(entry) };
  }

  /** Number of timers that have been set and neither fired nor been cancelled. */
  get pending(): number {
    return this.#entries.size;
  }

  /** Moves time on, firing what falls due on the way, timers set by timers included. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const next = this.#nextDue(untilMs);
      if (next === undefined) break;
      this.#entries.delete(next);
      this.#nowMs = next.atMs;
      next.callback();
    }
    this.#nowMs = untilMs;
  }

  /** Moves time to the next timer and fires it; does nothing where there is none. */
  skip(): void {
    const next = this.#nextDue(Infinity);
    if (next !== undefined) this.advance(next.atMs - this.#nowMs);
  }

  #nextDue(untilMs: number): Entry | undefined {
    let next: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.atMs > untilMs) continue;
      if (
        next === undefined ||
        entry.atMs < next.atMs ||
        (entry.atMs === next.atMs && entry.order < next.order)
      ) {
        next = entry;
      }
    }
    return next;
  }
}
