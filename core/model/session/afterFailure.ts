import { assertNever } from '../../base/index.ts';
import { type Key, ModelError, type RetryNotice } from '../contract/index.ts';
import { afterHandshake, type WhenToRemember } from '../socketPool/index.ts';
import type { AttemptFailure } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import {
  isAboutLoad,
  mayWaitFor,
  nextRetry,
  noRetries,
  type RetryBudgets,
  type RetryState,
} from './retryPolicy.ts';

/** How far one sampling has come with its repeats. */
export type SamplingState = {
  readonly way: 'socket' | 'http';
  readonly retries: RetryState;
  readonly failedHandshakes: number;
  /** New connections that were no repeat: what was lost was the server's memory alone. */
  readonly renewals: number;
  readonly hasRenewedKey: boolean;
  /** The failure that people were told of last. */
  readonly told: string | undefined;
};

export function beginSampling(way: SamplingState['way']): SamplingState {
  return {
    way,
    retries: noRetries,
    failedHandshakes: 0,
    renewals: 0,
    hasRenewedKey: false,
    told: undefined,
  };
}

/** What is done about a failed attempt. */
export type AfterFailure =
  | {
      readonly go: 'again';
      readonly state: SamplingState;
      readonly delayMs: number;
      /** Undefined where nobody would notice. */
      readonly notice: RetryNotice | undefined;
    }
  /** The key was not accepted on an open socket: another one is got, else it goes by HTTP. */
  | {
      readonly go: 'renewKey';
      readonly state: SamplingState;
      readonly refused: Key;
      readonly notice: RetryNotice | undefined;
    }
  | {
      readonly go: 'http';
      readonly state: SamplingState;
      readonly remember: WhenToRemember;
      readonly tell: boolean;
      readonly notice: RetryNotice | undefined;
    }
  | { readonly go: 'end'; readonly error: ModelError };

export type FailureContext = {
  readonly budgets: RetryBudgets;
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
  /** This request finds out whether sockets work again: one try is enough. */
  readonly isProbing: boolean;
};

/** The verdict on sockets waits for what HTTP makes of the same key; people hear of it then. */
export const ONCE_HTTP_WORKS = {
  remember: 'whenHttpWorks',
  tell: false,
} as const;

/** More new connections than this for one sampling are no accident. */
const MAX_RENEWALS = 2;
const UNAUTHORIZED = 401;

/**
 * Pure. A socket that does not bring an answer within its budget gives way to HTTP, whatever it was
 * that it did: kept silent, broke, or answered with errors (responses §7.3).
 */
export function afterFailure(
  state: SamplingState,
  failure: AttemptFailure,
  context: FailureContext,
): AfterFailure {
  const { error } = failure;
  if (failure.handshake !== undefined) return afterFailedHandshake(state, failure, context);
  const isSocket = state.way === 'socket';
  if (isSocket && failure.renew === true && state.renewals < MAX_RENEWALS) {
    const renewed = { ...state, renewals: state.renewals + 1 };
    return { go: 'again', state: renewed, delayMs: 0, notice: ifSeen(failure) };
  }
  if (isSocket && error.httpStatus === UNAUTHORIZED) {
    return state.hasRenewedKey || failure.key === undefined
      ? byHttp(state, { ...ONCE_HTTP_WORKS, notice: ifSeen(failure) })
      : {
          go: 'renewKey',
          state: { ...state, hasRenewedKey: true },
          refused: failure.key,
          notice: ifSeen(failure),
        };
  }
  const { retries, way } = state;
  const { budgets } = context;
  const retry = nextRetry(
    retries,
    { ...failure, way },
    { ...context, budgets: isSocket && context.isProbing ? { ...budgets, stream: 0 } : budgets },
  );
  if (retry === undefined) {
    const isWayAtFault = isSocket && mayWaitFor(error) && !isAboutLoad(error);
    return isWayAtFault && failure.isModelsOwn !== true
      ? byHttp(state, { remember: 'now', tell: true, notice: ifSeen(failure) })
      : { go: 'end', error: withAttempts(error, retries.attempts) };
  }
  // A connection that breaks once is mended before anybody would notice, if there was nothing to see.
  const isBrokenSocket = isSocket && failure.isConnectionLost === true;
  const isTold = !isBrokenSocket || failure.hasBroken === true || retries.attempts > 1;
  const { attempt, maxAttempts, delayMs } = retry;
  return {
    go: 'again',
    state: { ...state, retries: retry.state, told: isTold ? error.message : state.told },
    delayMs,
    notice: isTold
      ? {
          message: `${error.message} ${retry.promise}`,
          error,
          attempt,
          maxAttempts,
          delayMs,
          isNews: retry.limit === 'stream' || error.message !== state.told,
        }
      : undefined,
  };
}

function afterFailedHandshake(
  before: SamplingState,
  { handshake, error }: AttemptFailure,
  { random }: FailureContext,
): AfterFailure {
  if (handshake === undefined) return { go: 'end', error };
  const state = { ...before, failedHandshakes: before.failedHandshakes + 1 };
  const after = afterHandshake(handshake, state.failedHandshakes);
  switch (after.go) {
    case 'again':
      return { go: 'again', state, delayMs: backoffMs(1, random), notice: undefined };
    case 'http':
      return byHttp(state, { remember: after.remember, tell: after.tell, notice: undefined });
    default:
      return assertNever(after, 'end of a handshake');
  }
}

/** HTTP starts with budgets of its own. */
function byHttp(
  state: SamplingState,
  how: Omit<Extract<AfterFailure, { readonly go: 'http' }>, 'go' | 'state'>,
): AfterFailure {
  return { go: 'http', state: { ...state, way: 'http', retries: noRetries }, ...how };
}

/** Asking again at once needs a word only where a person has seen the beginning of an answer. */
function ifSeen({ error, hasBroken }: AttemptFailure): RetryNotice | undefined {
  if (hasBroken !== true) return undefined;
  const message = `${error.message} Asking again.`;
  return { message, error, attempt: 1, maxAttempts: undefined, delayMs: 0, isNews: true };
}

/** Says how often it was tried, where it was tried more than once. */
function withAttempts(error: ModelError, attempts: number): ModelError {
  if (attempts === 1) return error;
  return new ModelError(`${error.message} Tried ${attempts} times.`, {
    info: error.info,
    retryable: error.retryable,
    httpStatus: error.httpStatus,
    details: error.details,
    retryAfterMs: error.retryAfterMs,
    isUnreachable: error.isUnreachable,
    rateLimits: error.rateLimits,
    cause: error,
  });
}
