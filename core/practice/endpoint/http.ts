import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Clock } from '../../base/index.ts';
import type { ApiError } from './requestBody.ts';

/** Larger than any conversation the practice agent could make use of. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** How long the rest of a body that is refused is read and thrown away. */
const DISCARD_MS = 2_000;

/** The body of a request; where there is none, the refusal has been sent or nobody is there to read it. */
export async function takeBody(
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Leaving the loop must not destroy the connection that the refusal has to travel on.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const buffer = Buffer.from(chunk);
      bytes += buffer.length;
      if (bytes > MAX_BODY_BYTES) {
        refuseTooLarge(response);
        discardRest(request, clock);
        return undefined;
      }
      chunks.push(buffer);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuseTooLarge(response: ServerResponse): void {
  sendError(response, {
    status: 413,
    message: `The body is larger than ${MAX_BODY_BYTES} bytes.`,
    type: 'invalid_request_error',
    param: null,
    code: 'request_too_large',
  });
}

/** Hanging up on a sender would take the answer away from it, so it may go on for a moment. */
function discardRest(request: IncomingMessage, clock: Clock): void {
  request.resume();
  const limit = clock.after(DISCARD_MS, () => request.socket.destroy());
  request.once('close', () => {
    limit.cancel();
  });
}

export function sendError(response: ServerResponse, error: ApiError): void {
  const { status, ...body } = error;
  sendJson(response, status, { error: body });
}

/** The error for an id in a path that names nothing here. */
export function sendNotFound(response: ServerResponse, message: string, code: string): void {
  const type = 'invalid_request_error';
  sendError(response, { status: 404, message, type, param: null, code });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
