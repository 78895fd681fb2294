import type { NewId } from '../../base/index.ts';
import { invalidRequest } from '../../rpc/index.ts';
import { ConversationLog } from './conversationLog.ts';
import { type AnyRecord, readAs, turnOf } from './filedRecord.ts';
import { type LeftBehind, recordsOfTheEnd } from './leftBehind.ts';
import type { NewRecord } from './records.ts';

/** How much of a thread goes along into another: all, up to the end of a turn, or up to a turn's beginning. */
export type ForkCut = {
  readonly lastTurnId?: string | undefined;
  readonly beforeTurnId?: string | undefined;
};

/** What a fork begins with. */
export type Fork = {
  /** Which of the source's records, in order. */
  readonly kept: readonly number[];
  /** What ends all that was going on where it was cut. */
  readonly ending: readonly NewRecord[];
  /** First words of the user. */
  readonly preview: string;
};

const CUT: LeftBehind = {
  output: 'Not finished: this conversation was branched off before it was.',
  note: 'This conversation was branched off before this turn was finished. What is above may be incomplete.',
};

/**
 * Cuts a thread for a fork of it (app-server §5); throws the protocol's refusal for a turn that it has not. A turn
 * that runs, or waits, at the cut is one that was interrupted, or does not go along; a conversation by voice is over.
 */
export function forkOf(records: readonly AnyRecord[], cut: ForkCut, newId: NewId): Fork {
  const end = endOf(records, cut);
  const begun = turnsIn(records.slice(0, end));
  const kept = Array.from(records.keys()).filter((index) => {
    const record = records[index];
    if (index >= end || record === undefined) return false;
    const queued = record.type === 'turnQueued' ? readAs(record, 'turnQueued') : undefined;
    return queued === undefined || begun.has(queued.turn.id);
  });
  const log = new ConversationLog();
  for (const index of kept) {
    const record = records[index];
    if (record !== undefined) log.apply(record);
  }
  const { timeline } = log;
  const realtimeSessionId = timeline.realtimeSessionAt(timeline.length);
  return {
    kept,
    ending: [
      ...recordsOfTheEnd(log, CUT),
      ...(realtimeSessionId === undefined
        ? []
        : [
            {
              type: 'realtime' as const,
              item: {
                type: 'realtimeSessionClosed' as const,
                id: newId(),
                realtimeSessionId,
                outcome: 'ended' as const,
              },
            },
          ]),
    ],
    preview: timeline.preview,
  };
}

/** How many records lie before the cut. */
function endOf(records: readonly AnyRecord[], { lastTurnId, beforeTurnId }: ForkCut): number {
  const turnId = lastTurnId ?? beforeTurnId;
  if (turnId === undefined) return records.length;
  const start = records.findIndex((record) => turnWith(record, 'turnStarted') === turnId);
  const ended = records.findIndex((record) => turnWith(record, 'turnCompleted') === turnId);
  if (start === -1 && ended === -1) throw invalidRequest(`turn not found: ${turnId}`);
  // One that was withdrawn before it began has its end alone.
  if (lastTurnId === undefined) return start === -1 ? ended : start;
  if (ended !== -1) return ended + 1;
  const next = records.findIndex(({ type }, index) => index > start && type === 'turnStarted');
  return next === -1 ? records.length : next;
}

const turnWith = (record: AnyRecord, type: 'turnStarted' | 'turnCompleted'): string | undefined =>
  record.type === type ? turnOf(record, type) : undefined;

function turnsIn(records: readonly AnyRecord[]): ReadonlySet<string> {
  return new Set(
    records.flatMap(
      (record) => turnWith(record, 'turnStarted') ?? turnWith(record, 'turnCompleted') ?? [],
    ),
  );
}
