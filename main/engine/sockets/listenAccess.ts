import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

import { isOwnHost } from '../../shell/index.ts';
import { CommandError } from '../commandError.ts';
import type { TokenCheck } from './socketAuth.ts';

export type AccessRefusal = {
  readonly status: '401 Unauthorized' | '403 Forbidden';
  readonly words: string;
};

/** True for addresses that only programs of this machine can reach. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Refuses to let a whole network in without a token (app-server §1). */
export function checkListener(host: string, token: TokenCheck | undefined): void {
  if (token !== undefined || isLoopback(host)) return;
  throw new CommandError(
    `Others than this machine can reach ${host}: listen on 127.0.0.1, or demand a token with --ws-auth capability-token --ws-token-file PATH.`,
    2,
  );
}

/** Why a request may not come in; `undefined` when it may. */
export function accessRefusal(
  headers: IncomingHttpHeaders,
  listener: {
    readonly host: string;
    readonly port: number;
    readonly token: TokenCheck | undefined;
  },
  nowMs: number,
): AccessRefusal | undefined {
  const { host, port, token } = listener;
  // Browsers name the origin of every socket, and no page of theirs is a client of this one.
  if (headers.origin !== undefined) return forbidden('Web pages may not connect.');
  // Behind loopback a foreign name means that somebody else's name was made to lead here.
  if (isLoopback(host) && !isOwnHost(headers.host, port)) {
    return forbidden('The Host header names another machine.');
  }
  if (token === undefined) return undefined;
  const given = /^Bearer +(?<token>\S+)$/iu.exec(headers.authorization ?? '')?.groups?.['token'];
  if (given === undefined) return unauthorized('missing websocket bearer token');
  return token(given, nowMs) ? undefined : unauthorized('invalid websocket bearer token');
}

const forbidden = (words: string): AccessRefusal => ({ status: '403 Forbidden', words });
const unauthorized = (words: string): AccessRefusal => ({ status: '401 Unauthorized', words });
