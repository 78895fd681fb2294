import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import {
  EPHEMERAL_PREFIX,
  type EphemeralKey,
  type EphemeralKeys,
  type KeyHolder,
} from './ephemeralKeys.ts';
import { refuse, type Refused } from '../errors/index.ts';

/** The part of a request that decides whether it may pass. */
export type Visitor = { readonly url: URL; readonly headers: IncomingHttpHeaders };

export type SessionRequest =
  | {
      readonly kind: 'session';
      /** Empty when the address names none; an ephemeral key may bring one. */
      readonly model: string;
      readonly type: 'realtime' | 'transcription';
    }
  | { readonly kind: 'join'; readonly callId: string };

export const REALTIME_PATH = '/v1/realtime';
export const CALLS_PATH = `${REALTIME_PATH}/calls`;
const KEY_PROTOCOL = 'openai-insecure-api-key.';

/**
 * What holds for every request: it comes from this machine's pages or from no page, with the key.
 * Pages from elsewhere may make calls and nothing else, and only with a key, which no browser sends
 * by itself. An ephemeral key opens sessions and calls.
 */
export function checkVisitor(
  { url, headers }: Visitor,
  apiKey: string | undefined,
  ephemeral?: EphemeralKeys,
): KeyHolder | Refused {
  if (headers.origin !== undefined && !mayPageCome(url, headers.origin, apiKey)) {
    return refuse(403, 'origin_not_allowed', 'Pages from elsewhere may not use this server.');
  }
  const value = bearerKey(headers) ?? protocolKey(headers);
  if (apiKey !== undefined && value !== undefined && sameSecret(value, apiKey)) return ACCOUNT;
  if (ephemeral !== undefined && value?.startsWith(EPHEMERAL_PREFIX) === true) {
    return checkEphemeral(url, ephemeral.find(value));
  }
  if (apiKey === undefined) return ACCOUNT;
  if (value === undefined) {
    const message = 'Missing API key: send it as "Authorization: Bearer KEY".';
    return refuse(401, 'missing_api_key', message);
  }
  return refuse(401, 'invalid_api_key', 'Incorrect API key provided.');
}

const ACCOUNT: KeyHolder = { kind: 'account' };

function checkEphemeral(url: URL, key: EphemeralKey | undefined): KeyHolder | Refused {
  if (key === undefined) {
    return refuse(401, 'invalid_api_key', 'This ephemeral key is unknown or has expired.');
  }
  if (isCallsPath(url) || trimmedPath(url) === REALTIME_PATH) return { kind: 'ephemeral', key };
  const message = 'An ephemeral key opens Realtime sessions and calls, nothing else.';
  return refuse(401, 'invalid_api_key', message);
}

/** Whether a page of this origin may send a request here, its key provided. */
export function mayPageCome(url: URL, origin: string, apiKey: string | undefined): boolean {
  return isLoopbackOrigin(origin) || (apiKey !== undefined && isCallsPath(url));
}

export function isCallsPath(url: URL): boolean {
  return url.pathname === CALLS_PATH || url.pathname.startsWith(`${CALLS_PATH}/`);
}

/** Which session an upgrade asks for (realtime-v2 §21.1). `bringsModel`: the key names a model. */
export function admitSession({ url }: Visitor, bringsModel = false): SessionRequest | Refused {
  if (trimmedPath(url) !== REALTIME_PATH) {
    return refuse(
      404,
      'not_found',
      `Unknown path: ${url.pathname}. Sessions open at ${REALTIME_PATH}.`,
    );
  }
  const callId = url.searchParams.get('call_id');
  if (callId !== null) {
    if (!url.searchParams.has('model')) return { kind: 'join', callId };
    const message = 'Give "call_id" to join a call or "model" for a new session, not both.';
    return refuse(400, 'invalid_value', message, 'call_id');
  }
  const model = url.searchParams.get('model') ?? '';
  const type = url.searchParams.get('intent') === 'transcription' ? 'transcription' : 'realtime';
  if (model === '' && type === 'realtime' && !bringsModel) {
    const message = 'You must provide a model parameter: connect to /v1/realtime?model=NAME.';
    return refuse(400, 'missing_model', message, 'model');
  }
  return { kind: 'session', model, type };
}

export function unknownCall(callId: string): Refused {
  const message = `There is no call with the id '${callId.slice(0, 80)}', or it has ended.`;
  return refuse(404, 'call_id_not_found', message, 'call_id');
}

function trimmedPath(url: URL): string {
  return url.pathname.replace(/\/$/u, '');
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
