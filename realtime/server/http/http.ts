import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock } from '../../../core/base/index.ts';
import { refuse, type Refused } from '../errors/index.ts';

/** A body must be here this long after its head. */
const BODY_DEADLINE_MS = 10_000;
/** How long the rest of a refused body is read and thrown away, so that its sender reads the answer. */
const DISCARD_MS = 2_000;

export function requestUrl(request: IncomingMessage): URL {
  return URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/');
}

export function writeRefusal(response: ServerResponse, { status, body }: Refused): void {
  writeJson(response, status, body);
}

export function writeJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function refuseUpgrade(stream: Duplex, { status, body }: Refused): void {
  const json = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(json)}`,
    'Connection: close',
  ];
  // A visitor that hangs up first is no reason to end the process.
  stream.on('error', () => stream.destroy());
  stream.end(`${head.join('\r\n')}\r\n\r\n${json}`);
}

/**
 * Reads a body of at most `limitBytes` within ten seconds. A larger one is refused as soon as that
 * is known; what still comes of it is thrown away.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
  clock: Clock,
): Promise<Buffer | Refused> {
  const { promise, resolve } = Promise.withResolvers<Buffer | Refused>();
  const parts: Buffer[] = [];
  let bytes = 0;
  const giveUp = (refused: Refused): void => {
    request.off('data', keep);
    request.resume();
    const discard = clock.after(DISCARD_MS, () => request.socket.destroy());
    request.once('close', () => {
      discard.cancel();
    });
    resolve(refused);
  };
  const tooLarge = (): void => {
    giveUp(refuse(413, 'request_too_large', `The request is larger than ${limitBytes} bytes.`));
  };
  const keep = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > limitBytes) tooLarge();
    else parts.push(part);
  };
  request.once('end', () => {
    resolve(Buffer.concat(parts));
  });
  request.once('error', () => {
    resolve(refuse(400, 'incomplete_request', 'The request ended before its body did.'));
  });
  const deadline = clock.after(BODY_DEADLINE_MS, () => {
    giveUp(refuse(408, 'request_timeout', 'The body of the request did not come in time.'));
  });
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) tooLarge();
  else request.on('data', keep);
  try {
    return await promise;
  } finally {
    deadline.cancel();
  }
}
