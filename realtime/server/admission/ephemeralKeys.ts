import { createHash, randomBytes } from 'node:crypto';

import type { Clock } from '../../../core/base/index.ts';
import type { RequestedSession } from '../config/index.ts';

/** What ephemeral keys begin with, by which they are told from others. */
export const EPHEMERAL_PREFIX = 'ek_';
const MAX_KEYS = 10_000;

export type EphemeralKey = {
  /** Names the key without giving it away. */
  readonly id: string;
  readonly expiresAtMs: number;
  /** What sessions opened with it begin with. */
  readonly requested: RequestedSession;
};

/** Whose key a request brings: the account's own (or none, where none is asked for), or a lent one. */
export type KeyHolder =
  | { readonly kind: 'account' }
  | { readonly kind: 'ephemeral'; readonly key: EphemeralKey };

/** Keys for pages, which must not hold the real one. They live in memory only (realtime-v2 §21.1). */
export class EphemeralKeys {
  readonly #clock: Clock;
  /** By digest, so that finding one takes no longer the more of it was guessed. */
  readonly #keys = new Map<string, EphemeralKey>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes a key; `undefined` when there are too many that have not expired. */
  issue(
    lifetimeMs: number,
    requested: RequestedSession,
  ): { readonly value: string; readonly expiresAtMs: number } | undefined {
    const nowMs = this.#clock.nowMs();
    for (const [id, key] of this.#keys) if (key.expiresAtMs <= nowMs) this.#keys.delete(id);
    if (this.#keys.size >= MAX_KEYS) return undefined;
    const value = `${EPHEMERAL_PREFIX}${randomBytes(24).toString('base64url')}`;
    const expiresAtMs = nowMs + lifetimeMs;
    const id = digest(value);
    this.#keys.set(id, { id, expiresAtMs, requested });
    return { value, expiresAtMs };
  }

  /** The key, if it was issued here and has not expired. */
  find(value: string): EphemeralKey | undefined {
    const key = this.#keys.get(digest(value));
    return key !== undefined && key.expiresAtMs > this.#clock.nowMs() ? key : undefined;
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
