import { itemForWire } from './items.ts';
import { type Identity, turnMetadataJson, type TurnContext, windowIdOf } from './metadata.ts';
import { plainInput } from './plainInput.ts';
import type { ModelProvider } from './provider.ts';
import type { ModelRequest } from './request.ts';

/** Larger metadata stays in the body alone: servers refuse requests for long headers (431). */
const MAX_METADATA_HEADER_BYTES = 8 * 1024;

export type WireRequest = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** One request as it goes over the wire, without the credential (responses §3 and §20). */
export function buildWireRequest(values: {
  readonly provider: ModelProvider;
  readonly identity: Identity;
  readonly originator: string;
  readonly userAgent: string;
  readonly turn: TurnContext;
  readonly turnState: string | undefined;
  readonly request: ModelRequest;
}): WireRequest {
  const { provider, identity, turn, request } = values;
  const { conversationId } = identity;
  const windowId = windowIdOf(identity, turn);
  const metadata = turnMetadataJson(identity, turn, request);
  const headers: Record<string, string> = { ...lowerCased(provider.headers) };
  Object.assign(headers, {
    accept: 'text/event-stream',
    'content-type': 'application/json',
    'user-agent': values.userAgent,
    originator: values.originator,
    'session-id': conversationId,
    'thread-id': conversationId,
    'x-client-request-id': conversationId,
    'x-codex-window-id': windowId,
    ...(metadata.length <= MAX_METADATA_HEADER_BYTES && { 'x-codex-turn-metadata': metadata }),
    ...(values.turnState !== undefined && { 'x-codex-turn-state': values.turnState }),
    ...turn.trace,
  });
  const clientMetadata = {
    'x-codex-installation-id': identity.installationId,
    'x-codex-window-id': windowId,
    'x-codex-turn-metadata': metadata,
    session_id: conversationId,
    thread_id: conversationId,
    turn_id: turn.turnId,
    root_turn_id: turn.turnId,
  };
  const standard = provider.dialect === 'standard';
  const body = {
    model: request.model,
    ...(standard
      ? { instructions: request.instructions, input: request.input.map(itemForWire) }
      : plainInput(request.instructions, request.input)),
    tools: standard ? request.tools : request.tools.filter((tool) => tool.type === 'function'),
    tool_choice: request.toolChoice ?? 'auto',
    parallel_tool_calls: request.parallelToolCalls,
    ...(request.reasoning !== undefined && { reasoning: request.reasoning }),
    store: false,
    stream: true,
    ...(request.serviceTier !== undefined && { service_tier: request.serviceTier }),
    prompt_cache_key: conversationId,
    ...textOptions(request),
    ...(standard && {
      include: request.reasoning === undefined ? [] : ['reasoning.encrypted_content'],
    }),
    client_metadata: clientMetadata,
  };
  return { url: endpointOf(provider), headers, body: JSON.stringify(body) };
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

/** Where the requests of a provider go. */
export function endpointOf(provider: ModelProvider): URL {
  const url = new URL(provider.baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/u, '')}/responses`;
  for (const [name, value] of Object.entries(provider.queryParams)) {
    url.searchParams.set(name, value);
  }
  return url;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
