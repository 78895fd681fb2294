import type { ModelError } from '../contract/index.ts';
import { backoffMs } from './backoff.ts';

/** How often a provider may be asked again, for the two kinds of failure (responses §7). */
export type RetryBudgets = { readonly request: number; readonly stream: number };

/** What one sampling has used of them so far. */
export type RetryState = {
  /** `request` counts within one repeat of the stream, so that the two budgets multiply. */
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
  /** Which of the limits it counts against. */
  readonly limit: 'request' | 'stream' | 'time';
};

export type FailedAttempt = {
  readonly error: ModelError;
  readonly stage: 'request' | 'stream';
  /** A socket has no request of its own that could fail: all counts against the stream's budget. */
  readonly way: 'http' | 'socket';
};

/** A provider that asks for more patience than this is better reported than waited for. */
const MAX_RETRY_AFTER_MS = 120_000;
/** Long enough for a network that wakes up; a wrong address is still reported soon. */
const UNREACHABLE_LIMIT_MS = 30_000;
/** What comes back is noticed within this. */
const UNREACHABLE_MAX_DELAY_MS = 2000;
/**
 * The shortest wait once a round of requests has come to nothing. With the default budgets a server
 * that restarts behind a proxy gets half a minute by it, as one whose port refuses connections does.
 */
const ROUND_DELAY_MS = 3000;

/**
 * Whether and when to ask again after a failure; undefined is the end of it. A refused or hanging
 * connection is limited by time, everything else by the two budgets, which multiply. A budget of
 * nothing means never.
 */
export function nextRetry(
  before: RetryState,
  failure: FailedAttempt,
  values: { readonly budgets: RetryBudgets; readonly nowMs: number; readonly random: number },
): Retry | undefined {
  const { error } = failure;
  const { budgets, nowMs, random } = values;
  if (!mayWaitFor(error)) return undefined;
  if (error.isUnreachable && budgets.request > 0) return whileUnreachable(before, nowMs, random);
  const { used } = before;
  const isRequest = isOfRequest(failure);
  if (isRequest && used.request < budgets.request) {
    const attempt = used.request + 1;
    return counted(before, {
      limit: 'request',
      used: { ...used, request: attempt },
      attempt,
      maxAttempts: budgets.request,
      delayMs: error.retryAfterMs ?? backoffMs(attempt, random),
    });
  }
  if (used.stream >= budgets.stream) return undefined;
  const attempt = used.stream + 1;
  const waitMs = backoffMs(attempt, random);
  return counted(before, {
    limit: 'stream',
    used: { request: 0, stream: attempt },
    attempt,
    maxAttempts: budgets.stream,
    delayMs: error.retryAfterMs ?? (isRequest ? Math.max(waitMs, ROUND_DELAY_MS) : waitMs),
  });
}

/** Whether a repeat can help, and soon. */
export function mayWaitFor({ retryable, retryAfterMs = 0 }: ModelError): boolean {
  return retryable && retryAfterMs <= MAX_RETRY_AFTER_MS;
}

/** The server is full, or the person has asked for too much: knocking often makes it no better. */
export function isAboutLoad({ info, httpStatus }: ModelError): boolean {
  return info === 'rateLimitExceeded' || info === 'serverOverloaded' || httpStatus === 429;
}

/** No connection, or a server error, before an answer began (responses §7). */
function isOfRequest({ error, stage, way }: FailedAttempt): boolean {
  if (way === 'socket' || stage === 'stream' || isAboutLoad(error)) return false;
  return error.httpStatus === undefined || error.httpStatus >= 500;
}

function counted(
  before: RetryState,
  next: Omit<Retry, 'state' | 'promise' | 'maxAttempts'> & {
    readonly used: RetryState['used'];
    readonly maxAttempts: number;
  },
): Retry {
  const { used, ...retry } = next;
  const { attempt, maxAttempts, delayMs } = retry;
  return {
    ...retry,
    state: { used, unreachable: undefined, attempts: before.attempts + 1 },
    promise: `Trying again in ${seconds(delayMs)} (${attempt} of ${maxAttempts}).`,
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
    limit: 'time',
  };
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(ms < 1000 ? 1 : 0))} s`;
}
