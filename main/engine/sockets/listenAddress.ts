import { isIPv6 } from 'node:net';

import { CommandError } from '../commandError.ts';

export type ListenAddress =
  | { readonly kind: 'stdio' }
  /** Without a path the one where the engine of a home is found. */
  | { readonly kind: 'unix'; readonly path: string | undefined }
  | { readonly kind: 'off' }
  | { readonly kind: 'ws'; readonly host: string; readonly port: number };

/** Reads the value of `app-server --listen`; throws a `CommandError` that says what is allowed. */
export function readListenAddress(value: string): ListenAddress {
  if (value === 'stdio://') return { kind: 'stdio' };
  if (value === 'off') return { kind: 'off' };
  if (value.startsWith('unix://')) {
    const path = value.slice('unix://'.length);
    return { kind: 'unix', path: path === '' ? undefined : path };
  }
  const match = /^ws:\/\/(\[[\da-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3}|localhost):(\d{1,5})\/?$/iu.exec(
    value,
  );
  const host = match?.[1]?.replace(/^\[|\]$/gu, '');
  const port = Number(match?.[2]);
  if (host === undefined || port > 65_535) {
    throw new CommandError(
      `Cannot listen on "${value}": use stdio://, unix://, unix://PATH, off or ws://IP:PORT, for example ws://127.0.0.1:4500.`,
      2,
    );
  }
  return { kind: 'ws', host, port };
}

/** An IP address as it stands in a URL. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
