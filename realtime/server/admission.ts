import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The part of a request that decides whether it may pass. */
export type Visitor = { readonly url: URL; readonly headers: IncomingHttpHeaders };

export type Refused = {
  readonly kind: 'refused';
  readonly status: number;
  readonly body: { readonly error: Readonly<Record<string, string | null>> };
};

export type SessionRequest = {
  readonly kind: 'session';
  readonly model: string;
  readonly type: 'realtime' | 'transcription';
};

export const REALTIME_PATH = '/v1/realtime';
const KEY_PROTOCOL = 'openai-insecure-api-key.';
const DEFAULT_TRANSCRIPTION_MODEL = 'gpt-4o-mini-transcribe';

export function refuse(status: number, code: string, message: string, param?: string): Refused {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return {
    kind: 'refused',
    status,
    body: { error: { message, type, param: param ?? null, code } },
  };
}

/** What holds for every request: it comes from this machine's pages or from no page, with the key. */
export function checkVisitor(
  { headers }: Visitor,
  apiKey: string | undefined,
): Refused | undefined {
  if (headers.origin !== undefined && !isLoopbackOrigin(headers.origin)) {
    return refuse(403, 'origin_not_allowed', 'Pages from elsewhere may not use this server.');
  }
  if (apiKey === undefined) return undefined;
  const key = bearerKey(headers) ?? protocolKey(headers);
  if (key === undefined) {
    const message = 'Missing API key: send it as "Authorization: Bearer KEY".';
    return refuse(401, 'missing_api_key', message);
  }
  return sameSecret(key, apiKey)
    ? undefined
    : refuse(401, 'invalid_api_key', 'Incorrect API key provided.');
}

/** Which session an upgrade asks for (realtime-v2 §21.1). */
export function admitSession({ url }: Visitor): SessionRequest | Refused {
  if (url.pathname.replace(/\/$/u, '') !== REALTIME_PATH) {
    return refuse(
      404,
      'not_found',
      `Unknown path: ${url.pathname}. Sessions open at ${REALTIME_PATH}.`,
    );
  }
  if (url.searchParams.has('call_id')) {
    const message = 'This server has no calls to join; connect with "model" instead of "call_id".';
    return refuse(404, 'call_id_not_found', message, 'call_id');
  }
  const model = url.searchParams.get('model') ?? '';
  const type = url.searchParams.get('intent') === 'transcription' ? 'transcription' : 'realtime';
  if (model === '' && type === 'realtime') {
    const message = 'You must provide a model parameter: connect to /v1/realtime?model=NAME.';
    return refuse(400, 'missing_model', message, 'model');
  }
  return { kind: 'session', model: model === '' ? DEFAULT_TRANSCRIPTION_MODEL : model, type };
}

function isLoopbackOrigin(origin: string): boolean {
  const host = URL.parse(origin)?.hostname;
  if (host === undefined) return false;
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/u.test(host);
}

function bearerKey(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(?<key>\S+)$/iu.exec(headers.authorization ?? '')?.groups?.['key'];
}

/** Browsers cannot set headers on a WebSocket; they send the key as a subprotocol. */
function protocolKey(headers: IncomingHttpHeaders): string | undefined {
  return headers['sec-websocket-protocol']
    ?.split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(KEY_PROTOCOL))
    ?.slice(KEY_PROTOCOL.length);
}

function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
