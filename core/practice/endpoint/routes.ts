import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { type Clock, errorText } from '../../base/index.ts';
import { itemForWire } from '../../model/index.ts';
import type { TextModel } from '../model/index.ts';
import { estimateTokens, ResponseComposer, type ResponsesEvent } from './composer.ts';
import { type ApiError, type ParsedBody, parseBody } from './requestBody.ts';

/** A path of a server and what happens there; whoever mounts it answers other paths and methods. */
export type HttpRoute = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse, url: URL): void | Promise<void>;
};

export type ResponsesRoutesOptions = {
  readonly model: TextModel;
  readonly clock: Clock;
  /** Makes a fresh id that begins with the prefix. */
  readonly newId: (prefix: string) => string;
};

/** The one model there is; requests may name any. */
const MODEL = 'parley-practice';

/** Larger than any conversation the practice agent could make use of. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** The Responses API with `model` behind it: `POST /v1/responses` and `GET /v1/models`. */
export function createResponsesRoutes(options: ResponsesRoutesOptions): readonly HttpRoute[] {
  return [
    {
      method: 'POST',
      path: '/v1/responses',
      handle: (request, response) => respond(options, request, response),
    },
    {
      method: 'GET',
      path: '/v1/models',
      handle: (_request, response, url) => {
        sendJson(response, 200, modelList(url.searchParams.has('client_version')));
      },
    },
  ];
}

async function respond(
  options: ResponsesRoutesOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  // The client going away is an end like any other here and shows as `close`.
  response.on('error', () => undefined);
  const text = await readBody(request);
  if (text === 'broken') return;
  if (text === 'tooLarge') {
    // What is still coming is not read, so the connection cannot be used again.
    response.setHeader('connection', 'close');
    sendError(response, {
      status: 413,
      message: `The body is larger than ${MAX_BODY_BYTES} bytes.`,
      type: 'invalid_request_error',
      param: null,
      code: 'request_too_large',
    });
    return;
  }
  const body = parseBody(text.body);
  if (body.kind === 'invalid') {
    sendError(response, body.error);
    return;
  }
  await answer(options, body, response, gone.signal);
}

async function answer(
  options: ResponsesRoutesOptions,
  body: Extract<ParsedBody, { kind: 'valid' }>,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const { model, clock, newId } = options;
  const { request, stream, echo } = body;
  const composer = new ResponseComposer({
    newId,
    createdAtMs: clock.nowMs(),
    inputTokens: estimateTokens(
      request.instructions + JSON.stringify(request.input.map(itemForWire)),
    ),
    echo,
  });
  const sink = stream ? new EventSink(response, composer.begin()) : undefined;
  const fail = (error: ApiError): void => {
    if (sink === undefined || !response.headersSent) sendError(response, error);
    else sink.end(composer.fail({ code: error.code ?? 'server_error', message: error.message }));
  };
  try {
    for await (const output of model.respond(request, gone)) {
      if (gone.aborted) return;
      if (output.type === 'cut') {
        await sink?.flushed();
        response.destroy();
        return;
      }
      if (output.type === 'fail') {
        const { status, message, code } = output;
        const type = status < 500 ? 'invalid_request_error' : 'server_error';
        fail({ status, message, type, param: null, code });
        return;
      }
      const events = composer.add(output);
      await sink?.send(events, gone);
    }
  } catch (error) {
    if (gone.aborted) return;
    const message = `The practice model failed: ${errorText(error)}`;
    fail({ status: 500, message, type: 'server_error', param: null, code: 'server_error' });
    return;
  }
  if (gone.aborted) return;
  const last = composer.complete();
  if (sink === undefined) sendJson(response, 200, composer.whole());
  else sink.end(last);
}

/** Writes events as they come and waits while the client cannot take more. */
class EventSink {
  readonly #response: ServerResponse;
  readonly #opening: readonly ResponsesEvent[];

  /** The opening goes out with the first event, so that a failure before it can have a status. */
  constructor(response: ServerResponse, opening: readonly ResponsesEvent[]) {
    this.#response = response;
    this.#opening = opening;
  }

  async send(events: readonly ResponsesEvent[], gone: AbortSignal): Promise<void> {
    if (this.#response.write(this.#text(events))) return;
    await once(this.#response, 'drain', { signal: gone }).catch((error: unknown) => {
      if (!gone.aborted) throw error;
    });
  }

  /** Resolves when everything sent so far has left, which a comment at its end shows. */
  async flushed(): Promise<void> {
    if (!this.#response.headersSent || this.#response.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#response.write(':\n\n', () => {
      resolve();
    });
    await promise;
  }

  end(events: readonly ResponsesEvent[]): void {
    this.#response.end(this.#text(events));
  }

  #text(events: readonly ResponsesEvent[]): string {
    const first = this.#response.headersSent ? [] : this.#opening;
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
      });
    }
    return [...first, ...events]
      .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join('');
  }
}

async function readBody(
  request: IncomingMessage,
): Promise<{ readonly body: string } | 'tooLarge' | 'broken'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Leaving the loop must not destroy the connection that the refusal has to travel on.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const buffer = Buffer.from(chunk);
      bytes += buffer.length;
      if (bytes > MAX_BODY_BYTES) return 'tooLarge';
      chunks.push(buffer);
    }
  } catch {
    return 'broken';
  }
  return { body: Buffer.concat(chunks).toString('utf8') };
}

function sendError(response: ServerResponse, error: ApiError): void {
  const { status, ...body } = error;
  sendJson(response, status, { error: body });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** OpenAI's list, and with it the richer one that clients of the codex family ask for. */
function modelList(detailed: boolean): object {
  return {
    object: 'list',
    data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'parley' }],
    ...(detailed && {
      models: [
        {
          slug: MODEL,
          display_name: 'Practice agent',
          description: 'Answers by fixed rules on this computer. It is not a language model.',
          visibility: 'list',
          supported_in_api: true,
          prefer_websockets: false,
          supported_reasoning_levels: [],
          supports_parallel_tool_calls: false,
          support_verbosity: false,
          input_modalities: ['text'],
          context_window: 32_768,
        },
      ],
    }),
  };
}
