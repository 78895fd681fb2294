import { ModelError } from '../contract/index.ts';
import type { HttpResponse } from '../http/index.ts';
import { buildWireRequest, endpointOf } from '../request/index.ts';
import {
  AnswerBound,
  decodeWhole,
  decodeWireEvent,
  readParts,
  statusError,
  type StreamPart,
} from '../response/index.ts';
import type { AnswerPart, Exchange, ResponsesTransport } from './responsesTransport.ts';

const UNAUTHORIZED = 401;

/** A request of its own for every sampling, answered by a stream of events. */
export const httpTransport: ResponsesTransport = {
  kind: 'http',
  async open(exchange) {
    const response = await respond(exchange);
    return {
      headers: response.headers,
      earlier: [],
      parts: decoded(readParts(response.body)),
      release: () => {
        response.release();
      },
      requestInterrupt: () => undefined,
      discard: () => {
        response.discard();
      },
    };
  },
};

async function* decoded(parts: AsyncIterable<StreamPart>): AsyncGenerator<AnswerPart> {
  const bound = new AnswerBound();
  for await (const part of parts) {
    if (part.kind === 'endMark') yield part;
    else if (part.kind === 'whole') yield decodeWhole(part.data);
    else yield decodeWireEvent(bound.take(part.data), part.name);
  }
}

/** Sends the request and waits for an answer worth reading. */
async function respond(exchange: Exchange): Promise<HttpResponse> {
  return exchange.options.provider.authenticated({
    signal: exchange.signal,
    isRefusal: (error) => error instanceof ModelError && error.httpStatus === UNAUTHORIZED,
    send: async (key) => {
      const response = await post(exchange, key);
      if (response.status >= 200 && response.status < 300) return response;
      throw await readFailure(exchange, response);
    },
  });
}

function post(exchange: Exchange, key: Readonly<Record<string, string>>): Promise<HttpResponse> {
  const { options, signal } = exchange;
  const { provider } = options;
  const { url, headers, body } = buildWireRequest({ ...options, ...exchange, identity: options });
  return options.http.send({
    method: 'POST',
    url,
    headers: { ...headers, ...key },
    body,
    connectTimeoutMs: provider.connectTimeoutMs,
    headersTimeoutMs: provider.headersTimeoutMs,
    idleTimeoutMs: provider.streamIdleTimeoutMs,
    signal,
  });
}

/** An error body longer than this says nothing more. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

async function readFailure(exchange: Exchange, response: HttpResponse): Promise<ModelError> {
  const { provider, clock } = exchange.options;
  const decoder = new TextDecoder();
  let body = '';
  try {
    for await (const bytes of response.body) {
      body += decoder.decode(bytes, { stream: true });
      if (body.length > MAX_ERROR_BODY_BYTES) break;
    }
    response.release();
  } catch {
    // The status alone is worth reporting, and what came of the body with it.
    response.discard();
  }
  return statusError({
    provider,
    url: endpointOf(provider),
    status: response.status,
    headers: response.headers,
    body,
    nowMs: clock.nowMs(),
  });
}
