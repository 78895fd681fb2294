import {
  isOneOf,
  type RealtimeTimelineItem,
  type ServerNotification,
  type TimelineEntry,
  type Turn,
} from '../../../core/protocol/index.ts';
import {
  changeEntry,
  type Conversation,
  emptyConversation,
  type Entry,
  lineId,
  placeLine,
  type Speaker,
  type VoiceLine,
} from './entries.ts';
import {
  addStoredItem,
  applyTurnNotice,
  closeTurn,
  joinTurns,
  openTurn,
  queueTurn,
} from './turns.ts';
import { addUsage } from './usage.ts';

const newLine = (id: string, speaker: Speaker, atMs: number | undefined): VoiceLine => ({
  kind: 'voice',
  id,
  speaker,
  text: '',
  status: 'open',
  failure: undefined,
  typed: false,
  heardMs: undefined,
  previousId: undefined,
  atMs,
});

function findLine(entries: readonly Entry[], id: string): VoiceLine | undefined {
  const found = entries.findLast((entry) => entry.kind === 'voice' && entry.id === id);
  return found?.kind === 'voice' ? found : undefined;
}

const speakerOf = (role: 'user' | 'assistant'): Speaker => (role === 'user' ? 'you' : 'parley');

/** Applies one notification of this thread. Notifications it has no use for change nothing. */
export function applyNotification(
  conversation: Conversation,
  notice: ServerNotification,
  nowMs: number,
): Conversation {
  const entries = applyToEntries(conversation.entries, notice, nowMs);
  const tokens = countTokens(conversation.tokens, notice);
  return entries === conversation.entries && tokens === conversation.tokens
    ? conversation
    : { entries, tokens };
}

function countTokens(
  tokens: Conversation['tokens'],
  notice: ServerNotification,
): Conversation['tokens'] {
  if (notice.method === 'thread/tokenUsage/updated')
    return { ...tokens, text: notice.params.tokenUsage.total.totalTokens };
  if (notice.method !== 'thread/realtime/response/completed') return tokens;
  const voice = addUsage(tokens.voice, notice.params.usage);
  return voice === tokens.voice ? tokens : { ...tokens, voice };
}

/** What changes the lines people see. */
const SHOWN = [
  'turn/queued',
  'turn/started',
  'turn/completed',
  'turn/plan/updated',
  'item/started',
  'item/completed',
  'item/agentMessage/delta',
  'item/reasoning/summaryPartAdded',
  'item/reasoning/summaryTextDelta',
  'item/reasoning/textDelta',
  'error',
  'thread/realtime/speech/started',
  'thread/realtime/input/committed',
  'thread/realtime/transcript/delta',
  'thread/realtime/transcript/done',
  'thread/realtime/transcript/failed',
  'thread/realtime/stage',
  'thread/realtime/closed',
  'thread/realtime/outputAudio/truncated',
  'thread/realtime/item/completed',
] as const;

function applyToEntries(
  entries: readonly Entry[],
  notice: ServerNotification,
  nowMs: number,
): readonly Entry[] {
  if (!isOneOf(notice, SHOWN)) return entries;
  switch (notice.method) {
    case 'turn/queued':
    case 'turn/started':
    case 'turn/completed':
    case 'turn/plan/updated':
    case 'item/started':
    case 'item/completed':
    case 'item/agentMessage/delta':
    case 'item/reasoning/summaryPartAdded':
    case 'item/reasoning/summaryTextDelta':
    case 'item/reasoning/textDelta':
    case 'error':
      return applyTurnNotice(entries, notice);
    case 'thread/realtime/speech/started': {
      const { itemId } = notice.params;
      if (itemId === null || findLine(entries, itemId) !== undefined) return entries;
      return placeLine(entries, { ...newLine(itemId, 'you', nowMs), status: 'hearing' });
    }
    case 'thread/realtime/input/committed': {
      const { itemId, previousItemId } = notice.params;
      const line = findLine(entries, itemId) ?? newLine(itemId, 'you', nowMs);
      const status = line.text === '' && line.status !== 'failed' ? 'pending' : line.status;
      return placeLine(entries, { ...line, status, previousId: previousItemId ?? undefined });
    }
    case 'thread/realtime/transcript/delta': {
      const { role, delta } = notice.params;
      const id = lineId(notice.params);
      const line = findLine(entries, id) ?? newLine(id, speakerOf(role), nowMs);
      if (line.status === 'done') return entries;
      const next: VoiceLine = { ...line, text: line.text + delta, status: 'open' };
      return upsert(entries, next);
    }
    case 'thread/realtime/transcript/done': {
      const { role, text } = notice.params;
      const id = lineId(notice.params);
      const line = findLine(entries, id) ?? newLine(id, speakerOf(role), nowMs);
      // The final text is the truth; deltas are only a preview of it.
      return upsert(entries, { ...line, text, status: 'done', failure: undefined });
    }
    case 'thread/realtime/transcript/failed': {
      const { itemId, message } = notice.params;
      const line = findLine(entries, itemId) ?? newLine(itemId, 'you', nowMs);
      return upsert(entries, { ...line, status: 'failed', failure: message });
    }
    case 'thread/realtime/stage':
      return notice.params.stage === 'reconnecting'
        ? breakOff(entries, 'the connection was lost')
        : entries;
    case 'thread/realtime/closed':
      return breakOff(entries, 'the conversation ended first');
    case 'thread/realtime/outputAudio/truncated': {
      const { itemId, audioEndMs } = notice.params;
      return changeEntry(entries, 'voice', itemId, (line) => ({ ...line, heardMs: audioEndMs }));
    }
    case 'thread/realtime/item/completed':
      return notice.params.item.type === 'recording'
        ? placeRecording(entries, notice.params.item)
        : settleSegment(entries, notice.params.item);
  }
}

const upsert = (entries: readonly Entry[], line: VoiceLine): readonly Entry[] =>
  findLine(entries, line.id) === undefined
    ? placeLine(entries, line)
    : changeEntry(entries, 'voice', line.id, () => line);

const isOpen = (entry: Entry): entry is VoiceLine =>
  entry.kind === 'voice' && ['hearing', 'pending', 'open'].includes(entry.status);

/** The connection is gone: lines that it left open get no more words from it. */
function breakOff(entries: readonly Entry[], failure: string): readonly Entry[] {
  if (!entries.some(isOpen)) return entries;
  return entries.map((entry) => {
    if (!isOpen(entry)) return entry;
    return entry.text === '' && entry.speaker === 'you'
      ? { ...entry, status: 'failed', failure }
      : { ...entry, status: 'broken' };
  });
}

/** A stored segment adds to its live line what only the engine knows; it never makes a second line. */
function settleSegment(entries: readonly Entry[], item: RealtimeTimelineItem): readonly Entry[] {
  if (item.type !== 'transcriptSegment') return entries;
  const known = findLine(entries, item.id);
  if (known !== undefined) {
    const heardMs = item.heardMs ?? known.heardMs;
    return heardMs === known.heardMs ? entries : upsert(entries, { ...known, heardMs });
  }
  // Typed in another window.
  if (item.typed !== true || item.role !== 'user') return entries;
  return placeLine(entries, fromSegment(item, undefined));
}

/** A recording stands once, where it became whole. */
function placeRecording(
  entries: readonly Entry[],
  { id, mimeType, sizeBytes, durationMs }: Extract<RealtimeTimelineItem, { type: 'recording' }>,
): readonly Entry[] {
  const entry: Entry = { kind: 'recording', id, mimeType, sizeBytes, durationMs };
  return entries.some((known) => known.kind === 'recording' && known.id === id)
    ? changeEntry(entries, 'recording', id, () => entry)
    : [...entries, entry];
}

/** Shows at once what the user typed into the voice conversation, under the id it keeps for good. */
export function addTypedLine(
  conversation: Conversation,
  id: string,
  text: string,
  nowMs: number,
): Conversation {
  const line: VoiceLine = {
    ...newLine(id, 'you', nowMs),
    text,
    status: 'done',
    typed: true,
  };
  return { ...conversation, entries: [...conversation.entries, line] };
}

/** Takes it back when it could not be sent; its words return to the composer. */
export function removeTypedLine(conversation: Conversation, id: string): Conversation {
  const entries = conversation.entries.filter((entry) => entry.kind !== 'voice' || entry.id !== id);
  return { ...conversation, entries };
}

/**
 * Puts a message of the page itself at the end, once: what was already said since the user last spoke
 * or typed, figures aside, is not said again.
 */
export function addNote(
  conversation: Conversation,
  key: number,
  text: string,
  hint?: string,
): Conversation {
  const { entries } = conversation;
  const since = entries.findLastIndex(
    (entry) => entry.kind === 'turn' || (entry.kind === 'voice' && entry.speaker === 'you'),
  );
  const isSaid = entries
    .slice(since + 1)
    .some((entry) => entry.kind === 'note' && withoutFigures(entry.text) === withoutFigures(text));
  if (isSaid) return conversation;
  const note: Entry = { kind: 'note', id: `note-${key}`, text, hint };
  return { ...conversation, entries: [...entries, note] };
}

const withoutFigures = (text: string): string => text.replaceAll(/\d+/gu, '#');

function fromSegment(
  item: Extract<RealtimeTimelineItem, { type: 'transcriptSegment' }>,
  atMs: number | undefined,
): VoiceLine {
  const failure = item.failure ?? undefined;
  return {
    ...newLine(item.id, speakerOf(item.role), atMs),
    text: item.text,
    status: failure === undefined ? 'done' : 'failed',
    failure,
    typed: item.typed === true,
    heardMs: item.heardMs ?? undefined,
  };
}

/** Builds the conversation from a thread's stored history, or from the newest end of it, and what waits. */
export function fromTimeline(
  timeline: readonly TimelineEntry[],
  queued: readonly Turn[] = [],
): Conversation {
  const stored = timeline.reduce<readonly Entry[]>((list, entry) => {
    switch (entry.type) {
      case 'turnStarted':
        return openTurn(list, entry.turn);
      case 'turnCompleted':
        return closeTurn(list, entry.turn);
      case 'item':
        return addStoredItem(list, entry.turnId, entry.item);
      case 'realtime':
        if (entry.item.type === 'recording') return placeRecording(list, entry.item);
        return entry.item.type === 'transcriptSegment'
          ? upsert(list, fromSegment(entry.item, undefined))
          : list;
    }
  }, []);
  return { ...emptyConversation, entries: queued.reduce(queueTurn, stored) };
}

const keyOf = ({ kind, id }: Entry): string => `${kind} ${id}`;

/** Puts what came before in front; a turn that both have a part of becomes one, where it began. */
export function addOlder(
  conversation: Conversation,
  timeline: readonly TimelineEntry[],
): Conversation {
  const older = fromTimeline(timeline).entries;
  const known = new Map(conversation.entries.map((entry) => [keyOf(entry), entry]));
  const joined = new Set<string>();
  const before = older.map((entry) => {
    const later = known.get(keyOf(entry));
    if (later === undefined) return entry;
    joined.add(keyOf(entry));
    return entry.kind === 'turn' && later.kind === 'turn' ? joinTurns(entry, later) : later;
  });
  const rest =
    joined.size === 0
      ? conversation.entries
      : conversation.entries.filter((entry) => !joined.has(keyOf(entry)));
  return { ...conversation, entries: [...before, ...rest] };
}
