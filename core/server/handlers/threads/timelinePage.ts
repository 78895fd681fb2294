import type { ParsedParamsOf, TimelineEntry } from '../../../protocol/index.ts';
import { pageStart, sizeOf } from '../params.ts';

const TIMELINE_LIMIT = 500;
/** Cursors that go towards the beginning, as the peer's do; a bare number begins a page of ours. */
const BEFORE = /^before:(\d{1,9})$/u;

type Place = {
  readonly from: number;
  readonly until: number;
  readonly nextCursor: string | null;
  readonly backwardsCursor: string | null;
};

/**
 * Which entries a page of the timeline has (app-server §5). The peer's way, and the one without a cursor: the newest
 * page, then older ones. With the cursors of `fromEnd`, which is ours, pages begin where they say and go on.
 */
export function timelinePage(
  { cursor, limit, fromEnd }: ParsedParamsOf<'thread/timeline/list'>,
  length: number,
): Place {
  const size = sizeOf(limit, TIMELINE_LIMIT);
  const before = BEFORE.exec(cursor ?? '')?.[1];
  const isOlder = typeof cursor !== 'string' || before !== undefined;
  const end = before === undefined ? length : Math.min(Number(before), length);
  const from = isOlder ? Math.max(0, end - size) : pageStart(cursor);
  const until = isOlder ? end : from + size;
  const older = from > 0 ? `before:${from}` : null;
  const newer = until < length ? String(until) : null;
  return {
    from,
    until,
    nextCursor: isOlder && fromEnd !== true ? older : newer,
    backwardsCursor: from > 0 ? String(Math.max(0, from - TIMELINE_LIMIT)) : null,
  };
}

/** An entry with what the peer says of a turn, beside the turn itself. */
export function asPeerSaysIt(entry: TimelineEntry): TimelineEntry {
  if (entry.type !== 'turnStarted' && entry.type !== 'turnCompleted') return entry;
  const { id: turnId, status, error, startedAt, completedAt, durationMs } = entry.turn;
  return entry.type === 'turnStarted'
    ? { ...entry, turnId, startedAt }
    : { ...entry, turnId, status, error, startedAt, completedAt, durationMs };
}
