import * as z from 'zod';

import type {
  RealtimeTimelineItem,
  ServerNotification,
  TimelineEntry,
} from '../../core/protocol/index.ts';
import {
  changeEntry,
  type Conversation,
  emptyConversation,
  type Entry,
  placeLine,
  type Speaker,
  type VoiceLine,
} from './lines.ts';
import { addItem, applyTurnNotice, closeTurn, openTurn } from './turns.ts';

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
  const found = entries.find((entry) => entry.kind === 'voice' && entry.id === id);
  return found?.kind === 'voice' ? found : undefined;
}

/** Our engine names every item; words a foreign one leaves unnamed share one line per speaker. */
function lineId(params: {
  readonly role: 'user' | 'assistant';
  readonly itemId?: string | null | undefined;
  readonly responseId?: string | null | undefined;
}): string {
  return params.itemId ?? params.responseId ?? `unnamed-${params.role}`;
}

const speakerOf = (role: 'user' | 'assistant'): Speaker => (role === 'user' ? 'you' : 'parley');

const RealtimeUsage = z.looseObject({ total_tokens: z.number() });

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
  const usage = RealtimeUsage.safeParse(notice.params.usage);
  return usage.success ? { ...tokens, voice: tokens.voice + usage.data.total_tokens } : tokens;
}

function applyToEntries(
  entries: readonly Entry[],
  notice: ServerNotification,
  nowMs: number,
): readonly Entry[] {
  switch (notice.method) {
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
    case 'thread/realtime/item/completed':
      return settleSegment(entries, notice.params.item);
    default:
      return entries;
  }
}

const upsert = (entries: readonly Entry[], line: VoiceLine): readonly Entry[] =>
  findLine(entries, line.id) === undefined
    ? placeLine(entries, line)
    : changeEntry(entries, 'voice', line.id, () => line);

/** A stored segment adds to its live line what only the engine knows; it never makes a second line. */
function settleSegment(entries: readonly Entry[], item: RealtimeTimelineItem): readonly Entry[] {
  if (item.type !== 'transcriptSegment') return entries;
  const known = findLine(entries, item.id);
  if (known !== undefined) {
    const heardMs = item.heardMs ?? known.heardMs;
    return heardMs === known.heardMs ? entries : upsert(entries, { ...known, heardMs });
  }
  if (item.typed !== true || item.role !== 'user') return entries;
  const local = entries.find(
    (entry) => entry.kind === 'voice' && isLocal(entry.id) && entry.text === item.text,
  );
  return local === undefined
    ? placeLine(entries, fromSegment(item, undefined))
    : changeEntry(entries, 'voice', local.id, (line) => ({ ...line, id: item.id }));
}

const LOCAL = 'local-';
const isLocal = (id: string): boolean => id.startsWith(LOCAL);

/** Shows at once what the user typed into the voice conversation. */
export function addTypedLine(
  conversation: Conversation,
  key: number,
  text: string,
  nowMs: number,
): Conversation {
  const line: VoiceLine = {
    ...newLine(`${LOCAL}${key}`, 'you', nowMs),
    text,
    status: 'done',
    typed: true,
  };
  return { ...conversation, entries: [...conversation.entries, line] };
}

/** Takes it back when it could not be sent; its words return to the composer. */
export function removeTypedLine(conversation: Conversation, key: number): Conversation {
  const entries = conversation.entries.filter(({ id }) => id !== `${LOCAL}${key}`);
  return { ...conversation, entries };
}

/** Puts a message of the page itself at the end; the same message twice in a row is one. */
export function addNote(
  conversation: Conversation,
  key: number,
  tone: 'plain' | 'trouble',
  text: string,
  hint?: string,
): Conversation {
  const last = conversation.entries.at(-1);
  if (last?.kind === 'note' && last.text === text) return conversation;
  const note: Entry = { kind: 'note', id: `note-${key}`, tone, text, hint };
  return { ...conversation, entries: [...conversation.entries, note] };
}

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

/** Builds the conversation from a thread's stored history. */
export function fromTimeline(timeline: readonly TimelineEntry[]): Conversation {
  const entries = timeline.reduce<readonly Entry[]>((list, entry) => {
    switch (entry.type) {
      case 'turnStarted':
        return openTurn(list, entry.turn);
      case 'turnCompleted':
        return closeTurn(list, entry.turn);
      case 'item':
        return addItem(list, entry.turnId, entry.item, true);
      default:
        return entry.item.type === 'transcriptSegment'
          ? upsert(list, fromSegment(entry.item, undefined))
          : list;
    }
  }, []);
  return { ...emptyConversation, entries };
}
