import { randomBytes } from 'node:crypto';

import type { Clock } from '../../core/base/index.ts';

/** Time enough for a browser to start. */
const LIFE_MS = 120_000;

/**
 * Tickets for addresses that a browser is started with. Other users of the machine can read the arguments
 * of every program, so such an address lets in once and soon, where the token lets in for as long as the
 * host runs. On Linux it does not let them in at all (`localPeer.ts`); on macOS one who is faster than the browser
 * could come in, and whose browser then gets nothing knows it.
 */
export class OpenTickets {
  readonly #clock: Clock;
  readonly #expiryMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(): string {
    const ticket = randomBytes(24).toString('base64url');
    this.#expiryMs.set(ticket, this.#clock.nowMs() + LIFE_MS);
    return ticket;
  }

  /** True once for a ticket that was issued a short time ago. */
  redeem(ticket: string): boolean {
    const expiryMs = this.#expiryMs.get(ticket);
    this.#expiryMs.delete(ticket);
    return expiryMs !== undefined && this.#clock.nowMs() < expiryMs;
  }
}
