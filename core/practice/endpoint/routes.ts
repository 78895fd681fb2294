import type { IncomingMessage, ServerResponse } from 'node:http';

import type { HttpRoute, SocketRoute } from '../../../realtime/server/index.ts';
import { sendError, sendJson, takeBody } from './http.ts';
import { ObjectListener, StreamListener } from './httpListener.ts';
import { describeModel, listModels } from './models.ts';
import { parseBody } from './requestBody.ts';
import { ResponsesSocket } from './responsesSocket.ts';
import { ResponseStore } from './responseStore.ts';
import { type RunPorts, runRequest } from './runRequest.ts';
import { storedRoutes } from './storedRoutes.ts';

/** What is kept of `store: true`, which is what a request says that says nothing. */
const STORE_LIMITS = { maxResponses: 1000, maxBytes: 64 * 1024 * 1024 };

export type ResponsesApi = {
  readonly routes: readonly HttpRoute[];
  readonly socketRoutes: readonly SocketRoute[];
};

/** The Responses API with `model` behind it, over HTTP and WebSocket: responses, made and kept, and models. */
export function createResponsesApi(ports: RunPorts): ResponsesApi {
  const store = new ResponseStore(STORE_LIMITS);
  return {
    routes: httpRoutes(ports, store),
    socketRoutes: [
      { path: '/v1/responses', open: (line) => new ResponsesSocket(ports, store, line) },
    ],
  };
}

function httpRoutes(ports: RunPorts, store: ResponseStore): readonly HttpRoute[] {
  return [
    {
      method: 'POST',
      path: '/v1/responses',
      handle: (request, response) => respond(ports, store, request, response),
    },
    ...storedRoutes(store),
    {
      method: 'GET',
      path: '/v1/models',
      handle: (_request, response, { url }) => {
        sendJson(response, 200, listModels(url.searchParams.has('client_version')));
      },
    },
    {
      method: 'GET',
      path: '/v1/models/:id',
      handle: (_request, response, { params }) => {
        sendJson(response, 200, describeModel(decodeId(params['id'] ?? '')));
      },
    },
  ];
}

async function respond(
  ports: RunPorts,
  store: ResponseStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  // The client going away is an end like any other here and shows as `close`.
  response.on('error', () => undefined);
  const text = await takeBody(request, response, ports.clock);
  if (text === undefined) return;
  const body = parseBody(text);
  if (body.kind === 'invalid') {
    sendError(response, body.error);
    return;
  }
  await runRequest(ports, {
    request: body.request,
    store,
    listener: body.request.stream
      ? new StreamListener(response, gone.signal)
      : new ObjectListener(response),
    signal: gone.signal,
    ...(body.request.store && {
      keep: (stored) => {
        store.add(stored);
      },
    }),
  });
}

function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
