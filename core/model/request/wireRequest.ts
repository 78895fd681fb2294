import type { ModelProvider, ModelRequest, TraceContext } from '../contract/index.ts';
import type { Increment, SentRequest } from './incremental.ts';
import { itemText } from './itemTexts.ts';
import { plainInput } from './plainInput.ts';
import { type Identity, type TurnContext, turnMetadataJson, windowIdOf } from './turnMetadata.ts';

/** Larger metadata stays in the body alone: servers refuse requests for long headers (431). */
const MAX_METADATA_HEADER_BYTES = 8 * 1024;

/** Everything a request is made of, whichever way it goes. */
export type RequestParts = {
  readonly provider: ModelProvider;
  readonly identity: Identity;
  readonly callerHeaders: Readonly<Record<string, string>>;
  readonly turn: TurnContext;
  readonly turnState: string | undefined;
  readonly request: ModelRequest;
};

export type WireRequest = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** One request as it goes by HTTP, without the credential (responses §3 and §20). */
export function buildWireRequest(parts: RequestParts): WireRequest {
  const { provider, turn, request } = parts;
  const { dialect } = provider;
  const metadata = turnMetadataJson(parts.identity, turn, request);
  const { instructions, input } =
    dialect === 'standard'
      ? { instructions: request.instructions, input: request.input.map(itemText) }
      : plainInput(request.instructions, request.input);
  const fixed = JSON.stringify(
    fixedBody({ ...parts, request: { ...request, instructions } }, dialect),
  );
  const last = JSON.stringify({ client_metadata: clientMetadata(parts, metadata) });
  const headers = {
    ...identityHeaders(parts, metadata),
    accept: 'text/event-stream',
    'content-type': 'application/json',
    ...(turn.trace !== undefined && traceFields(turn.trace, '')),
  };
  return {
    url: endpointOf(provider),
    headers,
    body: `{${inner(fixed)},"input":[${input.join(',')}],${inner(last)}}`,
  };
}

/** The request that has a provider make the conversation shorter itself; it takes little else (responses §15). */
export function buildCompactRequest(parts: RequestParts): WireRequest {
  const { provider, identity, turn, request } = parts;
  const { pathname, search, origin } = endpointOf(provider);
  const { model, instructions } = request;
  const fixed = { model, instructions, prompt_cache_key: identity.conversationId };
  return {
    url: new URL(`${pathname}/compact${search}`, origin),
    headers: {
      ...identityHeaders(parts, turnMetadataJson(identity, turn, request)),
      accept: 'application/json',
      'content-type': 'application/json',
      ...(turn.trace !== undefined && traceFields(turn.trace, '')),
    },
    body: `{${inner(JSON.stringify(fixed))},"input":[${request.input.map(itemText).join(',')}]}`,
  };
}

const SOCKETS_VERSION = 'responses_websockets=2026-02-06';

/** The request for a socket, without the credential (responses §5.1). */
export function buildHandshake(parts: RequestParts): {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
} {
  const metadata = turnMetadataJson(parts.identity, parts.turn, parts.request);
  return {
    url: socketEndpointOf(parts.provider),
    headers: { ...identityHeaders(parts, metadata), 'openai-beta': SOCKETS_VERSION },
  };
}

/** A request as it goes over a socket, in the pieces that make it full or incremental. */
export type SocketRequestParts = SentRequest & {
  readonly metadata: Readonly<Record<string, string>>;
};

/** A server that speaks WebSocket is none of those that know function tools and little else. */
export function socketRequestParts(
  parts: RequestParts,
  sending: { readonly nowMs: number; readonly trace: TraceContext },
): SocketRequestParts {
  const { turnState } = parts;
  return {
    fixed: JSON.stringify(fixedBody(parts, 'standard')),
    input: parts.request.input.map(itemText),
    metadata: {
      ...clientMetadata(parts, turnMetadataJson(parts.identity, parts.turn, parts.request)),
      ...(turnState !== undefined && { 'x-codex-turn-state': turnState }),
      'x-codex-ws-stream-request-start-ms': String(sending.nowMs),
      ...traceFields(sending.trace, 'ws_request_header_'),
    },
  };
}

/** The text of a `response.create` frame (responses §5.2). */
export function createFrame(
  parts: SocketRequestParts,
  how: { readonly increment?: Increment | undefined; readonly generate?: false },
): string {
  const { increment } = how;
  const extra = JSON.stringify({
    ...(increment !== undefined && { previous_response_id: increment.previousResponseId }),
    ...(how.generate === false && { generate: false }),
    client_metadata: parts.metadata,
  });
  // The items are texts already; parsing them only to write them again would cost as much again.
  const input = parts.input.slice(increment?.from ?? 0).join(',');
  return `{"type":"response.create",${inner(parts.fixed)},"input":[${input}],${inner(extra)}}`;
}

/** Asks to stop a response where it is; what it has not finished then is not kept (responses §5.7). */
export function interruptFrame(responseId: string): string {
  const mode = 'discard_partial_items';
  return JSON.stringify({ type: 'response.interrupt', response_id: responseId, mode });
}

/** The members of a JSON object that has some. */
function inner(json: string): string {
  return json.slice(1, -1);
}

function identityHeaders(parts: RequestParts, metadata: string): Record<string, string> {
  const { provider, identity, turn } = parts;
  const { conversationId } = identity;
  return {
    ...lowerCased(provider.headers),
    ...parts.callerHeaders,
    'session-id': conversationId,
    'thread-id': conversationId,
    'x-client-request-id': conversationId,
    'x-codex-window-id': windowIdOf(identity, turn),
    ...(metadata.length <= MAX_METADATA_HEADER_BYTES && { 'x-codex-turn-metadata': metadata }),
    ...(parts.turnState !== undefined && { 'x-codex-turn-state': parts.turnState }),
  };
}

function clientMetadata(
  { identity, turn }: RequestParts,
  metadata: string,
): Record<string, string> {
  const { conversationId } = identity;
  return {
    'x-codex-installation-id': identity.installationId,
    'x-codex-window-id': windowIdOf(identity, turn),
    'x-codex-turn-metadata': metadata,
    session_id: conversationId,
    thread_id: conversationId,
    turn_id: turn.turnId,
    ...(turn.turnId !== '' && { root_turn_id: turn.turnId }),
  };
}

/** All of the body that does not change from one request to the next by itself. */
function fixedBody(
  { identity, request }: RequestParts,
  dialect: ModelProvider['dialect'],
): Readonly<Record<string, unknown>> {
  const standard = dialect === 'standard';
  return {
    model: request.model,
    instructions: request.instructions,
    tools: standard ? request.tools : request.tools.filter((tool) => tool.type === 'function'),
    tool_choice: request.toolChoice ?? 'auto',
    parallel_tool_calls: request.parallelToolCalls,
    ...(request.reasoning !== undefined && { reasoning: request.reasoning }),
    store: false,
    stream: true,
    ...(request.serviceTier !== undefined && { service_tier: request.serviceTier }),
    prompt_cache_key: identity.conversationId,
    ...textOptions(request),
    ...(standard && {
      include: request.reasoning === undefined ? [] : ['reasoning.encrypted_content'],
    }),
  };
}

function traceFields(trace: TraceContext, prefix: string): Record<string, string> {
  return {
    [`${prefix}traceparent`]: trace.traceparent,
    ...(trace.tracestate !== undefined && { [`${prefix}tracestate`]: trace.tracestate }),
  };
}

function textOptions(request: ModelRequest): { text?: Record<string, unknown> } {
  if (request.text === undefined) return {};
  const { verbosity, outputSchema } = request.text;
  return {
    text: {
      ...(verbosity !== undefined && { verbosity }),
      ...(outputSchema !== undefined && {
        format: {
          type: 'json_schema',
          name: 'codex_output_schema',
          strict: true,
          schema: outputSchema,
        },
      }),
    },
  };
}

const endpoints = new WeakMap<ModelProvider, URL>();

/** Where the requests of a provider go; one object for all of them, not to be changed. */
export function endpointOf(provider: ModelProvider): URL {
  const known = endpoints.get(provider);
  if (known !== undefined) return known;
  const url = new URL(provider.baseUrl);
  endpoints.set(provider, url);
  url.pathname = `${url.pathname.replace(/\/+$/u, '')}/responses`;
  for (const [name, value] of Object.entries(provider.queryParams)) {
    url.searchParams.set(name, value);
  }
  return url;
}

/** Where its sockets are asked for. */
export function socketEndpointOf(provider: ModelProvider): URL {
  const url = new URL(endpointOf(provider));
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
