import type { Clock, Timer } from './clock.ts';

const PING_EVERY_MS = 20_000;
const MISSES_ALLOWED = 2;

/** How long a connection may be silent before a heartbeat holds it for dead. */
export const SILENCE_LIMIT_MS = PING_EVERY_MS * MISSES_ALLOWED;

/**
 * Finds out that the far side of a connection has silently gone: pings every 20 s, and says so once
 * when two pings in a row brought no sign of life. Whoever made it stops it when the connection ends.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #ping: () => void;
  readonly #onDead: () => void;
  #missed = 0;
  #timer: Timer;

  constructor(clock: Clock, on: { readonly ping: () => void; readonly dead: () => void }) {
    this.#clock = clock;
    this.#ping = on.ping;
    this.#onDead = on.dead;
    this.#timer = clock.after(PING_EVERY_MS, this.#beat);
  }

  /** The far side has shown that it is there. */
  alive(): void {
    this.#missed = 0;
  }

  /** Stopping twice is harmless. */
  stop(): void {
    this.#timer.cancel();
  }

  readonly #beat = (): void => {
    if (this.#missed >= MISSES_ALLOWED) {
      this.#onDead();
      return;
    }
    this.#missed += 1;
    this.#timer = this.#clock.after(PING_EVERY_MS, this.#beat);
    this.#ping();
  };
}
