import type { ParsedParamsOf, ResponseOf, ThreadRealtimeEntry } from '../../../protocol/index.ts';
import { invalidRequest } from '../../../rpc/index.ts';
import { type Conversation, pageOf } from '../../../threads/index.ts';
import { sizeOf } from '../params.ts';

type Params = ParsedParamsOf<'thread/realtime/list'>;

const VOICE_LIMIT = 200;

/** A page of what happened in the voice sessions of a thread (app-server §13); undefined is one that nobody knows. */
export function voicePage(
  params: Params,
  conversation: Pick<Conversation, 'length' | 'voiceEntries'> | undefined,
): ResponseOf<'thread/realtime/list'> {
  const length = conversation?.length ?? 0;
  const snapshotEnd = Math.min(params.snapshotEnd ?? length, length);
  const page = { data: [], nextCursor: null, snapshotEnd, projectedThroughItemIndex: length };
  if (conversation === undefined) return { ...page, coverage: 'unsupported' };
  const known = conversation.voiceEntries();
  const isThere = (eventId: string): boolean => known.some(({ item }) => item.id === eventId);
  const { eventId, requiredThroughPosition: required } = params;
  const isMissing =
    (typeof eventId === 'string' && !isThere(eventId)) ||
    (typeof required === 'number' && required >= length);
  if (isMissing) return { ...page, coverage: 'pending' };
  const asked = known.filter((entry) => entry.position < snapshotEnd && isAsked(entry, params));
  const { positions, nextCursor } = placesOf(asked, params);
  const shown = new Set(positions);
  const data = asked.filter(({ position }) => shown.has(position));
  return { ...page, data, nextCursor, coverage: 'ready' };
}

function isAsked({ position, item }: ThreadRealtimeEntry, params: Params): boolean {
  const { sessionId, fromObservedAtMs, toObservedAtMs, afterPosition, eventId } = params;
  const { observedAtMs } = item;
  return (
    // A kept recording is ours alone, and read with the timeline.
    item.type !== 'recording' &&
    (sessionId ?? item.realtimeSessionId) === item.realtimeSessionId &&
    (eventId ?? item.id) === item.id &&
    position > (afterPosition ?? -1) &&
    (observedAtMs ?? -Infinity) >= (fromObservedAtMs ?? -Infinity) &&
    (observedAtMs ?? -Infinity) < (toObservedAtMs ?? Infinity)
  );
}

function placesOf(
  entries: readonly ThreadRealtimeEntry[],
  { cursor, limit }: Params,
): ReturnType<typeof pageOf> {
  try {
    return pageOf(
      'voice',
      entries.map(({ position }) => position),
      { cursor: cursor ?? undefined, limit: sizeOf(limit, VOICE_LIMIT), direction: 'asc' },
    );
  } catch {
    throw invalidRequest('invalid realtime cursor');
  }
}
