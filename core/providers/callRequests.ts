import {
  type ConnectFailure,
  RealtimeConnectError,
  statusFailure,
} from '../../realtime/transport/index.ts';
import { type Clock, errorText, ProductError, sleep } from '../base/index.ts';
import {
  type Authenticated,
  HttpError,
  type HttpPort,
  type HttpRequest,
  type HttpResponse,
} from '../model/index.ts';
import type { CallRequest, CreatedCall } from '../voice/index.ts';
import { isKeyRefusal } from './keyRefusal.ts';

export type CallsEndpoint = {
  readonly http: HttpPort;
  readonly clock: Clock;
  /** Where calls are made: `…/realtime/calls`. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly authenticated: Authenticated;
  readonly maxRetries: number;
};

const BOUNDARY = 'codex-realtime-call-boundary';
const CONNECT_TIMEOUT_MS = 10_000;
/** The provider gathers its ICE candidates before it answers. */
const HEADERS_TIMEOUT_MS = 20_000;
const IDLE_TIMEOUT_MS = 10_000;
const HANG_UP_TIMEOUT_MS = 3_000;
const FIRST_RETRY_DELAY_MS = 200;
const MAX_ANSWER_BYTES = 256 * 1024;

/** The provider took the call and did not say which one it is. */
class NoCallIdError extends ProductError {
  readonly code = 'noCallId';
  readonly retryable = false;
}

/**
 * Makes a call: posts offer and session, and again where the server refused it or was never reached, at
 * 0.2, 0.6, 1.4 s and so on. Throws RealtimeConnectError, or another ProductError in plain words.
 */
export async function createCall(
  endpoint: CallsEndpoint,
  request: CallRequest,
): Promise<CreatedCall> {
  const { clock, maxRetries } = endpoint;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await postOffer(endpoint, request);
    } catch (error) {
      if (attempt >= maxRetries || !mayPass(error)) throw error;
      request.onRetry(attempt + 1, errorText(error));
    }
    await sleep(clock, FIRST_RETRY_DELAY_MS * 2 ** attempt, request.signal);
  }
}

/**
 * Ends a call (realtime-v2 §21.1), within 3 s, the key's coming included. Throws RealtimeConnectError;
 * an unknown call has ended already.
 */
export async function hangUpCall(endpoint: CallsEndpoint, callId: string): Promise<void> {
  const url = new URL(endpoint.url);
  url.pathname += `/${encodeURIComponent(callId)}/hangup`;
  const abort = new AbortController();
  const timer = endpoint.clock.after(HANG_UP_TIMEOUT_MS, () => {
    abort.abort();
  });
  try {
    await post(endpoint, url, {}, undefined, abort.signal);
  } catch (error) {
    if (!isUnknownCall(error)) throw error;
  } finally {
    timer.cancel();
  }
}

async function postOffer(endpoint: CallsEndpoint, request: CallRequest): Promise<CreatedCall> {
  const { url } = endpoint;
  const { contentType, body } = bodyOf(url, request);
  const own = { 'content-type': contentType };
  const { headers, text } = await post(endpoint, url, own, body, request.signal);
  const callId = callIdOf(headers['location']);
  if (callId !== undefined) return { callId, answerSdp: text };
  const given = headers['location'];
  const what = given === undefined ? 'no Location' : `the Location ${JSON.stringify(given)}`;
  throw new NoCallIdError(
    `The realtime server at ${url.host} took the call with ${what}, which names no call`,
  );
}

function bodyOf(
  url: URL,
  { offerSdp, session }: CallRequest,
): { readonly contentType: string; readonly body: string } {
  const json = JSON.stringify(session);
  // One kind of backend takes JSON instead of a form (realtime-v2 §16.2).
  if (url.pathname.includes('/backend-api')) {
    return { contentType: 'application/json', body: JSON.stringify({ sdp: offerSdp, session }) };
  }
  const part = (name: string, type: string, content: string): string =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    body: `${part('sdp', 'application/sdp', offerSdp)}${part('session', 'application/json', json)}--${BOUNDARY}--\r\n`,
  };
}

/** The last part of the path that looks like a call's id; absolute addresses will do too. */
function callIdOf(location: string | undefined): string | undefined {
  return location
    ?.split('?', 1)[0]
    ?.split('/')
    .findLast((segment) => /^rtc_./u.test(segment));
}

type Posted = { readonly headers: Readonly<Record<string, string>>; readonly text: string };

/** Posts with the key. Throws RealtimeConnectError, also for any status but success. */
async function post(
  { http, headers, authenticated }: CallsEndpoint,
  url: URL,
  own: Readonly<Record<string, string>>,
  body: string | undefined,
  signal: AbortSignal,
): Promise<Posted> {
  return authenticated({
    signal,
    isRefusal: isKeyRefusal,
    send: async (key) => {
      const all = { ...headers, ...own, ...key };
      const response = await respond(http, { url, headers: all, body, signal });
      const { status, text } = response;
      if (status >= 200 && status < 300) return { headers: response.headers, text };
      throw new RealtimeConnectError(
        url,
        statusFailure(status, text, response.headers['retry-after']),
      );
    },
  });
}

async function respond(
  http: HttpPort,
  request: Pick<HttpRequest, 'url' | 'headers' | 'body' | 'signal'>,
): Promise<Posted & { readonly status: number }> {
  const { url, signal } = request;
  try {
    const response = await http.send({
      ...request,
      method: 'POST',
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      headersTimeoutMs: HEADERS_TIMEOUT_MS,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
    });
    return { status: response.status, headers: response.headers, text: await textOf(response) };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const failure: ConnectFailure = signal.aborted
      ? { kind: 'aborted' }
      : { kind: 'refused', cause: error.message };
    throw new RealtimeConnectError(url, failure, { cause: error });
  }
}

/** An answer larger than any session description is cut off, and will be found to be none. */
async function textOf(response: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) break;
  }
  response.release();
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}

const NOT_FOUND = 404;

const isUnknownCall = (error: unknown): boolean =>
  error instanceof RealtimeConnectError &&
  error.failure.kind === 'status' &&
  error.failure.status === NOT_FOUND;

/** An offer that was read and got no answer may have made a call; another one would ring twice. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof RealtimeConnectError)) return false;
  const { failure, cause } = error;
  if (failure.kind === 'status') return failure.status >= 500;
  return (
    cause instanceof HttpError &&
    (cause.failure === 'unreachable' || cause.failure === 'connectTimeout')
  );
}
