import type { CodexErrorInfo } from '../../protocol/index.ts';

/** What a failure is to programs, and whether asking again can help. */
export type ErrorKind = { readonly info: CodexErrorInfo; readonly retryable: boolean };

/** What is known of a failure; which transport brought it makes no difference to what it means. */
export type FailureFacts = {
  /** An HTTP status: of the answer, of the handshake, or named in an error frame. */
  readonly status?: number | undefined;
  /** The provider's word for it, wherever it was: a body, an event, a failed response. */
  readonly code?: string | number | null | undefined;
  readonly message?: string | undefined;
};

const final = (info: CodexErrorInfo): ErrorKind => ({ info, retryable: false });
const passing = (info: CodexErrorInfo): ErrorKind => ({ info, retryable: true });

/** Codes mean the same wherever they are met (responses §7.1 to §7.3). */
const BY_CODE: Readonly<Record<string, ErrorKind>> = {
  rate_limit_exceeded: passing('rateLimitExceeded'),
  slow_down: passing('rateLimitExceeded'),
  server_is_overloaded: passing('serverOverloaded'),
  context_length_exceeded: final('contextWindowExceeded'),
  insufficient_quota: final('usageLimitExceeded'),
  usage_not_included: final('usageLimitExceeded'),
  usage_limit_reached: final('usageLimitExceeded'),
  organization_spend_limit_exceeded: final('usageLimitExceeded'),
  organization_usage_limit_exceeded: final('usageLimitExceeded'),
  budget_reached: final('sessionBudgetExceeded'),
  flex_unavailable: final('flexUnavailable'),
  policy_capacity_unavailable: final('policyCapacityUnavailable'),
  inference_hook_denied: final('inferenceHookDenied'),
  cyber_policy: final('cyberPolicy'),
  misalignment_policy_violation: final('misalignmentPolicyViolation'),
  bio_policy: final('other'),
  content_policy_violation: final('other'),
  invalid_prompt: final('other'),
  invalid_access_program: final('other'),
  access_program_not_enabled: final('other'),
  model_not_found: final('modelNotFound'),
  invalid_audio: final('badRequest'),
  audio_too_large: final('badRequest'),
  invalid_image: final('badRequest'),
  image_too_large: final('badRequest'),
  // What is gone is the connection's memory: all of it again, on another one, is all it takes.
  previous_response_not_found: passing('other'),
  websocket_connection_limit_reached: passing('other'),
};

/** Statuses that stand for nothing passing although they are not 4xx, or for something although they are. */
const PASSING_4XX: ReadonlySet<number> = new Set([408, 425]);

/** The one table of failures. An unknown code goes by its status; with neither it may pass. */
export function errorKind({ status, code, message }: FailureFacts): ErrorKind {
  if (typeof code === 'string' && Object.hasOwn(BY_CODE, code)) {
    return BY_CODE[code] ?? passing('other');
  }
  const given = status ?? statusIn(code);
  if (given === undefined) return passing('other');
  switch (given) {
    case 400:
      // The one refusal that has no code of its own; the page can then say what to take out.
      return final(/\bimage\b/iu.test(message ?? '') ? 'badRequest' : 'other');
    case 401:
      return final('unauthorized');
    case 429:
      return passing({ responseTooManyFailedAttempts: { httpStatusCode: given } });
    case 500:
      return passing('internalServerError');
    default: {
      const info = { httpConnectionFailed: { httpStatusCode: given } };
      return given >= 500 || PASSING_4XX.has(given) ? passing(info) : final(info);
    }
  }
}

/** Some servers put the status where the code belongs. */
export function statusIn(code: FailureFacts['code']): number | undefined {
  return typeof code === 'number' && code >= 400 && code < 600 ? code : undefined;
}

/** True for a code the table has a row of its own for. */
export function isKnownCode(code: FailureFacts['code']): boolean {
  return typeof code === 'string' && Object.hasOwn(BY_CODE, code);
}
