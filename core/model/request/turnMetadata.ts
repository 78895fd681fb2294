import type { ModelRequest, TraceContext } from '../contract/index.ts';

/** What is particular to one turn; given when it starts, so that turns share nothing. */
export type TurnContext = {
  readonly turnId: string;
  readonly startedAtMs: number;
  /** Who asked: absent for callers we cannot vouch for. */
  readonly threadSource?: string;
  /** W3C trace context of this turn's requests. */
  readonly trace?: TraceContext;
  /** How often the history was compacted. */
  readonly windowNumber?: number;
  /** What the client wants the provider to know; names of our own keys are passed over. */
  readonly clientMetadata?: Readonly<Record<string, string>>;
};

/** What is sent ahead belongs to no turn (responses §4.1). */
export const PREWARM: TurnContext = { turnId: '', startedAtMs: 0 };

/** Names the provider reads as facts about us; a client may not set them (responses §4.3). */
const RESERVED: ReadonlySet<string> = new Set([
  'session_id',
  'thread_id',
  'turn_id',
  'window_id',
  'window_number',
  'context_window_id',
  'installation_id',
  'agent_name',
  'request_kind',
  'history_initialization',
  'root_turn_id',
  'parent_turn_id',
  'parent_thread_id',
  'sandbox',
  'sandbox_mode',
  'auto_review_enabled',
  'node_repl_auto_review_required',
  'node_repl_disabled',
  'turn_started_at_unix_ms',
  'analytics_enabled',
  'model',
  'reasoning_effort',
  'thread_source',
  'workspaces',
  'subagent_kind',
  'turn_trigger',
  'forked_from_thread_id',
  'forked_from_ordinal_exclusive',
  'compaction',
  'code_mode_tool_names',
  'tool_namespaces_info',
  'history_ingest_requested',
  'guardian_credits_requested',
  'mcp_attribution',
  'x-codex-installation-id',
  'x-codex-window-id',
  'x-codex-turn-metadata',
  'x-codex-parent-thread-id',
  'x-openai-subagent',
]);

/** Ids of whoever is asking; the same for every request of a conversation. */
export type Identity = { readonly conversationId: string; readonly installationId: string };

export function windowIdOf(identity: Identity, turn: TurnContext): string {
  return `${identity.conversationId}:${turn.windowNumber ?? 0}`;
}

/**
 * The turn metadata as JSON text in ASCII, which is what both a header and a body can carry
 * (responses §4.2). Neither the working directory nor a repository address is in it.
 */
export function turnMetadataJson(
  identity: Identity,
  turn: TurnContext,
  request: ModelRequest,
): string {
  const given = Object.entries(turn.clientMetadata ?? {}).filter(([name]) => !RESERVED.has(name));
  const effort = request.reasoning?.effort;
  const isPrewarm = turn.turnId === PREWARM.turnId;
  return asciiJson({
    ...Object.fromEntries(given),
    installation_id: identity.installationId,
    session_id: identity.conversationId,
    thread_id: identity.conversationId,
    turn_id: turn.turnId,
    ...(!isPrewarm && { root_turn_id: turn.turnId }),
    window_id: windowIdOf(identity, turn),
    window_number: turn.windowNumber ?? 0,
    request_kind: kindOf(turn, request),
    ...(request.compaction !== undefined && {
      compaction: { ...request.compaction, implementation: 'responses', strategy: 'memento' },
    }),
    ...(!isPrewarm && { turn_started_at_unix_ms: turn.startedAtMs }),
    model: request.model,
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...(turn.threadSource !== undefined && { thread_source: turn.threadSource }),
  });
}

function kindOf(turn: TurnContext, request: ModelRequest): 'prewarm' | 'turn' | 'compaction' {
  if (turn.turnId === PREWARM.turnId) return 'prewarm';
  return request.compaction === undefined ? 'turn' : 'compaction';
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
