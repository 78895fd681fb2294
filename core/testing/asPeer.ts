import type { Message } from './rpcProbe.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The two releases of the peer that were recorded: 0.124 and 0.169. */
export type PeerVersion = 'seed' | 'newest';

/** Notifications that neither release has. */
const ADDED_METHODS: ReadonlySet<string> = new Set([
  'thread/realtime/stage',
  'thread/realtime/warning',
  'thread/realtime/session/updated',
  'thread/realtime/queue/updated',
  'thread/realtime/rateLimits/updated',
  'thread/realtime/response/started',
  'thread/realtime/response/completed',
  'thread/realtime/speech/started',
  'thread/realtime/speech/stopped',
  'thread/realtime/input/committed',
  'thread/realtime/transcript/failed',
  'thread/realtime/outputAudio/truncated',
  'thread/realtime/outputAudioBuffer/started',
  'thread/realtime/outputAudioBuffer/stopped',
  'thread/realtime/outputAudioBuffer/cleared',
]);

/** Notifications that only the newest release has. */
const NEWEST_METHODS: ReadonlySet<string> = new Set([
  'thread/realtime/item/started',
  'thread/realtime/item/completed',
  'thread/realtime/item/transcript/delta',
]);

/** Fields that neither release has, by method. */
const ADDED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'thread/realtime/started': ['sessionType', 'model', 'modelProvider', 'transport', 'callId'],
  'thread/realtime/transcript/delta': ['itemId', 'responseId'],
  'thread/realtime/transcript/done': ['itemId', 'responseId'],
  'thread/realtime/error': ['code', 'type', 'param', 'eventId', 'fatal'],
  'thread/realtime/closed': ['closeCode', 'detail'],
};

/** The name of the session's id: each release has its own, and we send both. */
const FOREIGN_SESSION_ID: Readonly<Record<PeerVersion, string>> = {
  seed: 'realtimeSessionId',
  newest: 'sessionId',
};

/**
 * The realtime notifications among `messages` as `[method, params]`, less everything that the peer
 * does not have: what remains has to equal what the peer sends. `thread/realtime/` and the thread's
 * id are left off. (On frames, `event_id` is our only addition; the scripted server takes it off.)
 */
export function asPeer(
  messages: readonly Message[],
  version: PeerVersion,
): readonly (readonly [method: string, params: Fields])[] {
  return messages.flatMap(({ method, params }) => {
    if (method?.startsWith('thread/realtime/') !== true || ADDED_METHODS.has(method)) return [];
    if (version === 'seed' && NEWEST_METHODS.has(method)) return [];
    const left = new Set(['threadId', ...(ADDED_FIELDS[method] ?? [])]);
    if (method === 'thread/realtime/started') left.add(FOREIGN_SESSION_ID[version]);
    const fields = Object.entries(params ?? {}).filter(([name]) => !left.has(name));
    return [[method.slice('thread/realtime/'.length), withoutResponseId(fields)] as const];
  });
}

/** Sound names its response in addition. */
function withoutResponseId(fields: readonly (readonly [string, unknown])[]): Fields {
  const { audio, ...rest } = Object.fromEntries(fields);
  if (typeof audio !== 'object' || audio === null) return Object.fromEntries(fields);
  return {
    ...rest,
    audio: Object.fromEntries(Object.entries(audio).filter(([name]) => name !== 'responseId')),
  };
}
