import * as z from 'zod';

import type { CodexErrorInfo } from '../protocol/index.ts';
import { ModelError } from './errors.ts';
import type { HttpError, HttpFailure } from './http.ts';
import type { ModelProvider } from './provider.ts';
import { ProviderError, type WireEvent } from './wireEvents.ts';

/** The shapes of error bodies that are met in the wild. */
const ErrorBody = z.looseObject({
  error: z.union([ProviderError, z.string()]).nullish(),
  message: z.string().nullish(),
  detail: z.unknown().optional(),
});

type Row = { readonly info: CodexErrorInfo; readonly retryable: boolean };

/** Codes that mean the same wherever they are met: in an HTTP body, an event, a failed response. */
const BY_CODE: Readonly<Record<string, Row>> = {
  rate_limit_exceeded: { info: 'rateLimitExceeded', retryable: true },
  slow_down: { info: 'rateLimitExceeded', retryable: true },
  server_is_overloaded: { info: 'serverOverloaded', retryable: false },
  context_length_exceeded: { info: 'contextWindowExceeded', retryable: false },
  insufficient_quota: { info: 'usageLimitExceeded', retryable: false },
  usage_not_included: { info: 'usageLimitExceeded', retryable: false },
  usage_limit_reached: { info: 'usageLimitExceeded', retryable: false },
  organization_spend_limit_exceeded: { info: 'usageLimitExceeded', retryable: false },
  organization_usage_limit_exceeded: { info: 'usageLimitExceeded', retryable: false },
  invalid_prompt: { info: 'other', retryable: false },
  cyber_policy: { info: 'cyberPolicy', retryable: false },
  bio_policy: { info: 'other', retryable: false },
  content_policy_violation: { info: 'other', retryable: false },
  misalignment_policy_violation: { info: 'other', retryable: false },
  invalid_access_program: { info: 'other', retryable: false },
  inference_hook_denied: { info: 'other', retryable: false },
  flex_unavailable: { info: 'other', retryable: false },
  policy_capacity_unavailable: { info: 'other', retryable: false },
  budget_reached: { info: 'other', retryable: false },
  model_not_found: { info: 'modelNotFound', retryable: false },
  invalid_audio: { info: 'badRequest', retryable: false },
  audio_too_large: { info: 'badRequest', retryable: false },
};

/** The row of a status that no code explained (responses §7.1). */
function rowOfStatus(status: number, hasRetryAfter: boolean): Row {
  if (status === 400) return { info: 'other', retryable: false };
  if (status === 429) {
    return {
      info: { responseTooManyFailedAttempts: { httpStatusCode: status } },
      retryable: hasRetryAfter,
    };
  }
  if (status === 500) return { info: 'internalServerError', retryable: true };
  // 408 and 425 ask for a repeat by their definition; other 4xx would be refused again.
  const retryable = status >= 500 || status === 408 || status === 425;
  return { info: { httpConnectionFailed: { httpStatusCode: status } }, retryable };
}

/** The failure a `response.failed` names; without a known code it may pass (responses §7.2). */
export function failureOf(error: ProviderError | null | undefined): ModelError {
  const { status, row } = rowOf(error?.code);
  const text = error?.message ?? '';
  return new ModelError(
    text === '' ? 'The model failed without saying why.' : sentence(`The model failed: ${text}`),
    {
      ...(row ?? { info: 'other', retryable: true }),
      httpStatus: status,
      details: typeof error?.code === 'string' ? error.code : undefined,
      retryAfterMs: row?.retryable === true ? waitNamedIn(text) : undefined,
    },
  );
}

/** The failure an `error` event of the stream names, with or without a status. */
export function streamErrorOf(event: Extract<WireEvent, { type: 'error' }>): ModelError {
  const nested = typeof event.error === 'string' ? { message: event.error } : event.error;
  const failure = failureOf({
    code: nested?.code ?? event.code,
    message: nested?.message ?? event.message,
  });
  const status = event.status ?? event.status_code ?? undefined;
  if (status === undefined || rowOf(nested?.code ?? event.code).row !== undefined) return failure;
  return new ModelError(failure.message, {
    ...rowOfStatus(status, false),
    httpStatus: status,
    details: failure.details,
  });
}

/** The model stopped early; what it wrote until then stays. */
export function incompleteError(reason: string | undefined): ModelError {
  const why: Readonly<Record<string, string>> = {
    max_output_tokens: 'it reached the limit of tokens for one answer',
    content_filter: "the provider's content filter stopped it",
  };
  const known = reason !== undefined && Object.hasOwn(why, reason) ? why[reason] : undefined;
  return new ModelError(
    `The model did not finish its answer: ${known ?? reason ?? 'the provider gave no reason'}.`,
    { info: 'other', retryable: false, details: reason },
  );
}

/** The failure an HTTP status other than 2xx means (responses §7.1). */
export function statusError(values: {
  readonly provider: ModelProvider;
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly nowMs: number;
}): ModelError {
  const { provider, url, status, headers } = values;
  const { message, code } = readErrorBody(values.body);
  const retryAfterMs = retryAfterOf(headers, values.nowMs);
  const row = rowOf(code).row ?? rowOfStatus(status, retryAfterMs !== undefined);
  const requestId = headers['x-request-id'];
  const place = `${url.origin}${url.pathname}`;
  const redirect = headers['location'];
  const saying =
    status >= 300 && status < 400 && redirect !== undefined
      ? `it moved to ${redirect}; put that address into the provider's base_url`
      : message;
  return new ModelError(
    sentence(`${provider.name} answered ${describeStatus(status)}${saying && `: ${saying}`}`),
    {
      ...row,
      httpStatus: status,
      details: requestId === undefined ? place : `${place}, request id ${requestId}`,
      retryAfterMs,
    },
  );
}

const INFO_OF_FAILURE: Readonly<Record<HttpFailure, CodexErrorInfo>> = {
  unreachable: { httpConnectionFailed: { httpStatusCode: null } },
  connectTimeout: { httpConnectionFailed: { httpStatusCode: null } },
  invalid: { httpConnectionFailed: { httpStatusCode: null } },
  headersTimeout: { responseStreamConnectionFailed: { httpStatusCode: null } },
  idleTimeout: { responseStreamDisconnected: { httpStatusCode: null } },
  broken: { responseStreamDisconnected: { httpStatusCode: null } },
  aborted: { responseStreamDisconnected: { httpStatusCode: null } },
};

/** The failure of the connection, in the words of people. */
export function connectionError(provider: ModelProvider, error: HttpError): ModelError {
  return new ModelError(`${provider.name}: ${error.message}.`, {
    info: INFO_OF_FAILURE[error.failure],
    retryable: error.retryable,
    cause: error,
  });
}

/** The stream ended, properly or not, before the response did. */
export function brokenStreamError(
  provider: ModelProvider,
  what: string,
  retryable: boolean,
): ModelError {
  return new ModelError(`The answer of ${provider.name} cannot be used: ${what}.`, {
    info: { responseStreamDisconnected: { httpStatusCode: null } },
    retryable,
  });
}

function rowOf(code: string | number | null | undefined): {
  readonly status: number | undefined;
  readonly row: Row | undefined;
} {
  if (typeof code === 'number') {
    const isStatus = code >= 400 && code < 600;
    return isStatus
      ? { status: code, row: rowOfStatus(code, false) }
      : { status: undefined, row: undefined };
  }
  const known = typeof code === 'string' && Object.hasOwn(BY_CODE, code);
  return { status: undefined, row: known ? BY_CODE[code] : undefined };
}

function describeStatus(status: number): string {
  const words: Readonly<Record<number, string>> = {
    401: 'that the key is not accepted (HTTP 401)',
    403: 'that access is not allowed (HTTP 403)',
    404: 'that there is nothing at this address or no such model (HTTP 404)',
    413: 'that the conversation is too large (HTTP 413)',
    429: 'that there were too many requests (HTTP 429)',
  };
  return words[status] ?? `with an error (HTTP ${status})`;
}

const MAX_QUOTED_CHARACTERS = 500;

function readErrorBody(body: string): { message: string; code: string | number | undefined } {
  const parsed = ErrorBody.safeParse(parseJson(body));
  if (parsed.success) {
    const { error, message, detail } = parsed.data;
    const nested = typeof error === 'string' ? { message: error } : error;
    const text = nested?.message ?? message ?? (typeof detail === 'string' ? detail : undefined);
    return {
      message: shorten(text ?? ''),
      // Some failures carry what they are as the type only.
      code: nested?.code ?? nested?.type ?? undefined,
    };
  }
  const isPage = /^\s*</u.test(body);
  return { message: isPage ? 'the answer is a web page' : shorten(body), code: undefined };
}

/** Providers end their messages as they like; ours are read one after another. */
function sentence(text: string): string {
  return /[.!?…]$/u.test(text) ? text : `${text}.`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  const line = text.trim().replaceAll(/\s+/gu, ' ');
  return line.length <= MAX_QUOTED_CHARACTERS ? line : `${line.slice(0, MAX_QUOTED_CHARACTERS)}…`;
}

/** `retry-after-ms`, else `Retry-After` in seconds or as a date. */
function retryAfterOf(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): number | undefined {
  const ms = numberIn(headers['retry-after-ms']);
  if (ms !== undefined) return ms;
  const text = headers['retry-after'];
  const seconds = numberIn(text);
  if (seconds !== undefined) return seconds * 1000;
  const date = Date.parse(text ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/u.test(text.trim()) ? Number(text) : undefined;
}

/** "Please try again in 1.5s", "... in 28ms". */
function waitNamedIn(text: string): number | undefined {
  const match = /try again in (\d+(?:\.\d+)?)\s*(ms|s)/iu.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (match[2]?.toLowerCase() === 'ms' ? 1 : 1000);
}
