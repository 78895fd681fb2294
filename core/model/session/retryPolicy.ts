import type { ModelError } from '../contract/index.ts';
import { backoffMs } from './backoff.ts';

/** How often a provider may be asked again, for the two kinds of failure (responses §7). */
export type RetryBudgets = { readonly request: number; readonly stream: number };

/** What one sampling has used of them so far. */
export type RetryState = {
  readonly used: { readonly request: number; readonly stream: number };
  /** When nobody took the connection for the first time in a row, and how often since. */
  readonly unreachable: { readonly sinceMs: number; readonly tries: number } | undefined;
  /** How often it was asked in all, the first time included. */
  readonly attempts: number;
};

export const noRetries: RetryState = {
  used: { request: 0, stream: 0 },
  unreachable: undefined,
  attempts: 1,
};

export type Retry = {
  readonly state: RetryState;
  readonly delayMs: number;
  readonly attempt: number;
  /** Undefined where time is the limit. */
  readonly maxAttempts: number | undefined;
  /** One sentence for people: how long or how often it will be tried. */
  readonly promise: string;
};

/** A provider that asks for more patience than this is better reported than waited for. */
const MAX_RETRY_AFTER_MS = 120_000;
/** Long enough for a network that wakes up; a wrong address is still reported soon. */
const UNREACHABLE_LIMIT_MS = 30_000;
/** What comes back is noticed within this. */
const UNREACHABLE_MAX_DELAY_MS = 2000;

/**
 * Whether and when to ask again after a failure; undefined is the end of it. A refused or hanging
 * connection is limited by time, everything else by the budget of its stage. A budget of nothing
 * means never.
 */
export function nextRetry(
  before: RetryState,
  failure: { readonly error: ModelError; readonly stage: 'request' | 'stream' },
  values: { readonly budgets: RetryBudgets; readonly nowMs: number; readonly random: number },
): Retry | undefined {
  const { error, stage } = failure;
  const { budgets, nowMs, random } = values;
  if (!error.retryable || (error.retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS) return undefined;
  if (error.isUnreachable && budgets.request > 0) return whileUnreachable(before, nowMs, random);
  const attempt = before.used[stage] + 1;
  if (attempt > budgets[stage]) return undefined;
  const delayMs = error.retryAfterMs ?? backoffMs(attempt, random);
  return {
    state: {
      used: { ...before.used, [stage]: attempt },
      unreachable: undefined,
      attempts: before.attempts + 1,
    },
    delayMs,
    attempt,
    maxAttempts: budgets[stage],
    promise: `Trying again in ${seconds(delayMs)} (${attempt} of ${budgets[stage]}).`,
  };
}

function whileUnreachable(before: RetryState, nowMs: number, random: number): Retry | undefined {
  const { sinceMs, tries } = before.unreachable ?? { sinceMs: nowMs, tries: 0 };
  const leftMs = UNREACHABLE_LIMIT_MS - (nowMs - sinceMs);
  if (leftMs <= 0) return undefined;
  const attempt = tries + 1;
  // The last try falls on the limit itself.
  const delayMs = Math.min(backoffMs(attempt, random), UNREACHABLE_MAX_DELAY_MS, leftMs);
  return {
    state: {
      used: before.used,
      unreachable: { sinceMs, tries: attempt },
      attempts: before.attempts + 1,
    },
    delayMs,
    attempt,
    maxAttempts: undefined,
    promise: `Trying again for up to ${seconds(leftMs)}.`,
  };
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(ms < 1000 ? 1 : 0))} s`;
}
