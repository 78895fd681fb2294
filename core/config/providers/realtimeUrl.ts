import { ConfigError } from '../errors.ts';

/** A new session with a model or of dictation, or a call that exists already (the sideband of WebRTC). */
export type RealtimeTarget =
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'transcription' }
  | { readonly kind: 'call'; readonly callId: string };

const SOCKET_SCHEMES: Readonly<Record<string, string>> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'ws:': 'ws:',
  'wss:': 'wss:',
};

/** Query names that belong to the protocol; a provider's own parameters cannot set them. */
const RESERVED_PARAMS: ReadonlySet<string> = new Set(['intent', 'model', 'call_id']);

/**
 * The address of the realtime socket behind a provider's base URL: scheme, path and query as in
 * realtime-v2 §3.1. Throws ConfigError when the base is not an http, https, ws or wss URL.
 */
export function realtimeUrl(
  base: string,
  target: RealtimeTarget,
  queryParams: Readonly<Record<string, string>> = {},
): string {
  const url = URL.parse(base);
  const scheme = url === null ? undefined : SOCKET_SCHEMES[url.protocol];
  if (url === null || scheme === undefined) {
    throw new ConfigError(
      `The realtime address must start with ws://, wss://, http:// or https://, not ${JSON.stringify(base)}.`,
    );
  }
  const params = Object.entries(queryParams).filter(([name]) => !RESERVED_PARAMS.has(name));
  const added = new URLSearchParams([ownParam(target), ...params]).toString();
  // Kept byte for byte: a signed query would break if it were written anew.
  const given = url.search === '' ? '' : `${url.search.slice(1)}&`;
  return `${scheme}//${credentialsOf(url)}${url.host}${realtimePath(url.pathname)}?${given}${added}`;
}

function ownParam(target: RealtimeTarget): [name: string, value: string] {
  switch (target.kind) {
    case 'model':
      return ['model', target.model];
    case 'transcription':
      return ['intent', 'transcription'];
    case 'call':
      return ['call_id', target.callId];
  }
}

/**
 * The address calls are made at behind a provider's base URL (realtime-v2 §16.2). Throws ConfigError
 * when the base is not an http or https URL.
 */
export function realtimeCallsUrl(
  base: string,
  queryParams: Readonly<Record<string, string>> = {},
): URL {
  const url = URL.parse(base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ConfigError(
      `The address for calls must start with http:// or https://, not ${JSON.stringify(base)}.`,
    );
  }
  const path = url.pathname.replace(/\/+$/u, '');
  url.pathname = path.endsWith('/realtime/calls') ? path : `${path}/realtime/calls`;
  for (const [name, value] of Object.entries(queryParams)) url.searchParams.set(name, value);
  return url;
}

function credentialsOf(url: URL): string {
  if (url.username === '') return '';
  return `${url.username}${url.password === '' ? '' : `:${url.password}`}@`;
}

function realtimePath(path: string): string {
  if (path === '/') return '/v1/realtime';
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  if (bare.endsWith('/v1')) return `${bare}/realtime`;
  return bare.endsWith('/realtime') ? bare : path;
}
