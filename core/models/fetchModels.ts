import { type Clock, errorText, parseJson, ProductError } from '../base/index.ts';
import { type Authenticated, type HttpPort, readText } from '../model/index.ts';

/** Where a provider's models are asked for, and as whom. */
export type ModelsEndpoint = {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly queryParams: Readonly<Record<string, string>>;
  readonly authenticated: Authenticated;
};

export type Fetched =
  | { readonly kind: 'list'; readonly body: unknown; readonly etag: string | null }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly reason: string };

/** The whole exchange, credential included, takes no longer. */
const LIMIT_MS = 5000;
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const UNAUTHORIZED = 401;

/** The provider did not accept the key. */
class KeyRefusedError extends ProductError {
  readonly code = 'keyRefused';
  readonly retryable = false;
}

/** Asks once, and once more with a renewed key where the first is refused (responses §10). Never throws. */
export async function fetchModels(
  endpoint: ModelsEndpoint,
  ports: {
    readonly http: HttpPort;
    readonly clock: Clock;
    readonly clientVersion: string;
    readonly signal: AbortSignal;
  },
  etag: string | null,
): Promise<Fetched> {
  const limit = new AbortController();
  const timer = ports.clock.after(LIMIT_MS, () => {
    limit.abort();
  });
  const signal = AbortSignal.any([limit.signal, ports.signal]);
  const late = new Promise<Fetched>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve({ kind: 'failed', reason: `there was no answer within ${LIMIT_MS} ms` });
    });
  });
  try {
    return await Promise.race([ask(endpoint, ports, etag, signal), late]);
  } catch (error) {
    return { kind: 'failed', reason: errorText(error) };
  } finally {
    timer.cancel();
  }
}

async function ask(
  endpoint: ModelsEndpoint,
  ports: {
    readonly http: HttpPort;
    readonly clientVersion: string;
  },
  etag: string | null,
  signal: AbortSignal,
): Promise<Fetched> {
  const response = await endpoint.authenticated({
    signal,
    isRefusal: (error) => error instanceof KeyRefusedError,
    send: async (key) => {
      const answer = await ports.http.send({
        method: 'GET',
        url: urlOf(endpoint, ports.clientVersion),
        headers: {
          ...endpoint.headers,
          accept: 'application/json',
          ...(etag !== null && { 'if-none-match': etag }),
          ...key,
        },
        body: undefined,
        connectTimeoutMs: LIMIT_MS,
        headersTimeoutMs: LIMIT_MS,
        idleTimeoutMs: LIMIT_MS,
        signal,
      });
      if (answer.status !== UNAUTHORIZED) return answer;
      answer.discard();
      throw new KeyRefusedError(`the answer was ${UNAUTHORIZED}`);
    },
  });
  if (response.status === 304) {
    response.release();
    return { kind: 'unchanged' };
  }
  if (response.status !== 200) {
    response.discard();
    return { kind: 'failed', reason: `the answer was ${response.status}` };
  }
  const { text, isWhole } = await readText(response, MAX_BODY_BYTES);
  if (!isWhole) return { kind: 'failed', reason: 'the answer is far too long' };
  const json = parseJson(text);
  if ('problem' in json) return { kind: 'failed', reason: `the answer ${json.problem}` };
  return { kind: 'list', body: json.value, etag: response.headers['etag'] ?? null };
}

function urlOf({ baseUrl, queryParams }: ModelsEndpoint, clientVersion: string): URL {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/u, '')}/models`;
  for (const [name, value] of Object.entries(queryParams)) url.searchParams.set(name, value);
  url.searchParams.set('client_version', clientVersion);
  return url;
}
