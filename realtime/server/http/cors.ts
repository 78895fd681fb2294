import type { IncomingMessage, ServerResponse } from 'node:http';

import { mayPageCome } from '../admission/index.ts';
import { refuse, type Refused } from '../errors/index.ts';

const PREFLIGHT_AGE_S = 600;
const HEADER_NAMES = /^[\w\-,\s]{1,1000}$/u;

/**
 * Lets a page of another origin read the answer. Without cookies and with its key in a header, a
 * page can do here only what the key allows anybody.
 */
export function allowPage(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  response.setHeader('vary', 'Origin');
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'Location');
}

/** Answers the question a browser asks before it lets a page of another origin make a call. */
export function answerPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  apiKey: string | undefined,
): Refused | undefined {
  const { origin } = request.headers;
  if (origin !== undefined && !mayPageCome(url, origin, apiKey)) {
    return refuse(403, 'origin_not_allowed', 'Pages from elsewhere may not use this server.');
  }
  allowPage(request, response);
  const wanted = request.headers['access-control-request-headers'];
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader(
    'access-control-allow-headers',
    wanted !== undefined && HEADER_NAMES.test(wanted) ? wanted : 'authorization, content-type',
  );
  response.setHeader('access-control-max-age', String(PREFLIGHT_AGE_S));
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.setHeader('access-control-allow-private-network', 'true');
  }
  response.writeHead(204, { allow: 'OPTIONS, POST' }).end();
  return undefined;
}
