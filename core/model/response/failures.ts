import * as z from 'zod';

import { parseJson, type ProductError, shortened } from '../../base/index.ts';
import type { CodexErrorInfo } from '../../protocol/index.ts';
import { ModelError, type ModelProvider } from '../contract/index.ts';
import type { HttpError, HttpFailure } from '../http/index.ts';
import { errorKind, isKnownCode, statusIn } from './errorKinds.ts';
import { rateLimitsOfRefusal, refusedBucket } from './rateLimits.ts';
import { ProviderError, type WireEvent } from './wireEvents.ts';

/** The shapes of error bodies that are met in the wild. */
const ErrorBody = z.looseObject({
  error: z.union([ProviderError, z.string()]).nullish(),
  message: z.string().nullish(),
  detail: z.unknown().optional(),
});

/** When a limit ends, as Unix seconds; only bodies about limits have it. */
const Reset = z.looseObject({ resets_at: z.number().positive() });

/** The failure a `response.failed` names; without a known code it may pass (responses §7.2). */
export function failureOf(
  error: ProviderError | null | undefined,
  frame: {
    readonly status?: number | undefined;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): ModelError {
  const code = codeOf(error);
  const text = error?.message ?? '';
  const status = frame.status ?? statusIn(code);
  const kind = errorKind({ status, code, message: text });
  const { headers = {} } = frame;
  const said =
    text === '' ? 'The model failed without saying why.' : sentence(`The model failed: ${text}`);
  const resetsAtMs = resetOf(error);
  return new ModelError(
    kind.info === 'usageLimitExceeded' ? said + limitWords(headers, { code, resetsAtMs }) : said,
    {
      ...kind,
      httpStatus: status,
      details: typeof code === 'string' ? code : undefined,
      retryAfterMs: kind.retryable ? (retryAfterOf(headers) ?? waitNamedIn(text)) : undefined,
      rateLimits: rateLimitsOfRefusal(headers),
    },
  );
}

/** The failure an `error` event names, with or without a status, over either transport (responses §7.3). */
export function streamErrorOf(event: Extract<WireEvent, { type: 'error' }>): ModelError {
  const nested = typeof event.error === 'string' ? { message: event.error } : event.error;
  const headers = textHeaders(event['headers']);
  return failureOf(
    { ...nested, code: codeOf(nested, event.code), message: nested?.message ?? event.message },
    { status: event.status ?? event.status_code ?? undefined, headers },
  );
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
    // What a filter stopped once may pass in other words; a limit is met again.
    { info: 'other', retryable: reason === 'content_filter', details: reason },
  );
}

/** The answer says that it is complete, holds nothing, and what it says of itself cannot be read. */
export function emptyAnswerError(): ModelError {
  return new ModelError(
    'The model ended its answer without a word, and in a form that is not known.',
    {
      info: 'other',
      retryable: true,
    },
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
  const { message, code, resetsAtMs } = readErrorBody(values.body);
  const kind = errorKind({ status, code, message });
  const requestId = headers['x-request-id'];
  const place = `${url.origin}${url.pathname}`;
  const redirect = headers['location'];
  const saying =
    status >= 300 && status < 400 && redirect !== undefined
      ? `it moved to ${redirect}; put that address into the provider's base_url`
      : message;
  const said = sentence(
    `${provider.name} answered ${describeStatus(status)}${saying && `: ${saying}`}`,
  );
  return new ModelError(
    kind.info === 'usageLimitExceeded' ? said + limitWords(headers, { code, resetsAtMs }) : said,
    {
      ...kind,
      httpStatus: status,
      details: requestId === undefined ? place : `${place}, request id ${requestId}`,
      retryAfterMs: retryAfterOf(headers, values.nowMs) ?? waitNamedIn(message),
      rateLimits: rateLimitsOfRefusal(headers),
    },
  );
}

/** What is used up and who can do something about it, by the name the provider has for it (responses §9.1). */
const USED_UP: Readonly<Record<string, string>> = {
  workspace_owner_credits_depleted: 'The credits of your workspace are used up; you can add some.',
  workspace_member_credits_depleted:
    'The credits of your workspace are used up; its owner can add some.',
  workspace_owner_usage_limit_reached:
    'The spend cap of your workspace is reached; you can raise it.',
  workspace_member_usage_limit_reached:
    'The spend cap of your workspace is reached; its owner can raise it.',
  organization_spend_limit_exceeded:
    'The spend cap of the organization is reached; whoever manages it can raise it.',
  organization_usage_limit_exceeded:
    'The usage limit of the organization is reached; whoever manages it can raise it.',
};

/** Which limit was reached, where it is not the usual one, and when it ends. */
function limitWords(
  headers: Readonly<Record<string, string>>,
  body: { readonly code: string | number | undefined; readonly resetsAtMs: number | undefined },
): string {
  const { code, resetsAtMs } = body;
  const reached = [headers['x-codex-rate-limit-reached-type']?.trim(), code].find(
    (name): name is string => typeof name === 'string' && Object.hasOwn(USED_UP, name),
  );
  const bucket = refusedBucket(headers);
  const named =
    (reached === undefined ? '' : ` ${USED_UP[reached] ?? ''}`) +
    (bucket === undefined ? '' : ` The limit is "${bucket}".`);
  if (resetsAtMs === undefined) return named;
  const when = new Date(resetsAtMs).toISOString().slice(0, 16).replace('T', ' ');
  return `${named} It ends at ${when} UTC.`;
}

/** No credential could be had, so nothing was sent. */
export function credentialError(error: ProductError): ModelError {
  return new ModelError(error.message, { info: 'unauthorized', retryable: false, cause: error });
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
    isUnreachable: error.failure === 'unreachable' || error.failure === 'connectTimeout',
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

function readErrorBody(body: string): {
  readonly message: string;
  readonly code: string | number | undefined;
  readonly resetsAtMs: number | undefined;
} {
  const parsed = ErrorBody.safeParse(valueIn(body));
  if (parsed.success) {
    const { error, message, detail } = parsed.data;
    const nested = typeof error === 'string' ? { message: error } : error;
    const text = nested?.message ?? message ?? (typeof detail === 'string' ? detail : undefined);
    return {
      message: shorten(text ?? ''),
      code: codeOf(nested) ?? undefined,
      resetsAtMs: resetOf(nested),
    };
  }
  const isPage = /^\s*</u.test(body);
  const message = isPage ? 'the answer is a web page' : shorten(body);
  return { message, code: undefined, resetsAtMs: undefined };
}

function resetOf(error: unknown): number | undefined {
  const reset = Reset.safeParse(error);
  return reset.success ? reset.data.resets_at * 1000 : undefined;
}

/** What names the failure: real servers have it as the code, as the type, or beside the error. */
function codeOf(
  error: ProviderError | null | undefined,
  outer?: string | number | null,
): string | number | undefined {
  const given = [error?.code, outer, error?.type];
  return (
    given.find(isKnownCode) ??
    given.find((code) => code !== undefined && code !== null) ??
    undefined
  );
}

function textHeaders(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const texts = Object.entries(value).flatMap(([name, text]: [string, unknown]) =>
    typeof text === 'string' || typeof text === 'number'
      ? [[name.toLowerCase(), String(text)]]
      : [],
  );
  return Object.fromEntries(texts);
}

/** Providers end their messages as they like; ours are read one after another. */
function sentence(text: string): string {
  return /[.!?…]$/u.test(text) ? text : `${text}.`;
}

function valueIn(text: string): unknown {
  const json = parseJson(text);
  return 'problem' in json ? undefined : json.value;
}

function shorten(text: string): string {
  return shortened(text.trim().replaceAll(/\s+/gu, ' '), MAX_QUOTED_CHARACTERS);
}

/** `retry-after-ms`, else `Retry-After` in seconds, or as a date where the time is known. */
function retryAfterOf(
  headers: Readonly<Record<string, string>>,
  nowMs?: number,
): number | undefined {
  const ms = numberIn(headers['retry-after-ms']);
  if (ms !== undefined) return ms;
  const text = headers['retry-after'];
  const seconds = numberIn(text);
  if (seconds !== undefined) return seconds * 1000;
  const date = Date.parse(text ?? '');
  return Number.isNaN(date) || nowMs === undefined ? undefined : Math.max(0, date - nowMs);
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
