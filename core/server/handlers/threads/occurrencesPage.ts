import { createHash } from 'node:crypto';

import { excerptAt, foldCase, placesOf } from '../../../base/index.ts';
import type {
  ParsedParamsOf,
  ResponseOf,
  ThreadSearchOccurrence,
  TimelineEntry,
} from '../../../protocol/index.ts';
import { invalidRequest } from '../../../rpc/index.ts';
import type { Conversation } from '../../../threads/index.ts';
import { sizeOf } from '../params.ts';

const OCCURRENCES_LIMIT = 100;
/** Entries are read from the file's lines when they are looked at, and a page may need few. */
const ENTRIES_A_STEP = 200;
const CURSOR = /^(?<position>\d{1,9})\.(?<nth>\d{1,9})\.(?<of>[\w-]{16})$/u;

/** A place in a conversation: an entry, and which of the places in it. */
type Place = { readonly position: number; readonly nth: number };
/** What can be searched of an entry, and what it is known by. */
type Said = { readonly turnId: string; readonly itemId: string; readonly text: string };

/** Where a thread has a term, in the order in which it was said; each place is one (app-server §5). */
export function occurrencesPage(
  { threadId, searchTerm, cursor, limit }: ParsedParamsOf<'thread/searchOccurrences'>,
  conversation: Conversation,
): ResponseOf<'thread/searchOccurrences'> {
  // Places of one term in one thread say nothing about those of another.
  const of = createHash('sha256')
    .update(`${threadId} ${searchTerm}`)
    .digest('base64url')
    .slice(0, 16);
  const from = typeof cursor === 'string' ? placeOf(cursor, of) : { position: 0, nth: 0 };
  const size = sizeOf(limit, OCCURRENCES_LIMIT);
  const data: ThreadSearchOccurrence[] = [];
  for (const { position, nth, said, at } of occurrencesFrom(from, searchTerm, conversation)) {
    if (data.length === size) return { data, nextCursor: `${position}.${nth}.${of}` };
    const { text: snippet, ...snippetMatchRange } = excerptAt(said.text, at, searchTerm.length);
    const { turnId, itemId } = said;
    const turnCursor = conversation.turnCursorAt(position);
    data.push({ turnId, itemId, snippet, snippetMatchRange, turnCursor });
  }
  return { data, nextCursor: null };
}

function* occurrencesFrom(
  from: Place,
  searchTerm: string,
  conversation: Conversation,
): Generator<Place & { readonly said: Said; readonly at: number }> {
  const folded = foldCase(searchTerm);
  for (let start = from.position; start < conversation.length; start += ENTRIES_A_STEP) {
    for (const entry of conversation.entries(start, start + ENTRIES_A_STEP)) {
      const { position } = entry;
      const said = saidIn(entry);
      if (said === undefined) continue;
      for (const [nth, at] of [...placesOf(folded, said.text)].entries()) {
        if (position > from.position || nth >= from.nth) yield { position, nth, said, at };
      }
    }
  }
}

/** What was spoken belongs to no turn, and says its session in place of one. */
function saidIn(entry: TimelineEntry): Said | undefined {
  if (entry.type === 'realtime') {
    const { item } = entry;
    return item.type === 'transcriptSegment'
      ? { turnId: item.realtimeSessionId, itemId: item.id, text: item.text }
      : undefined;
  }
  if (entry.type !== 'item') return undefined;
  const { item, turnId } = entry;
  if (item.type === 'agentMessage') return { turnId, itemId: item.id, text: item.text };
  if (item.type !== 'userMessage') return undefined;
  const texts = item.content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return { turnId, itemId: item.id, text: texts.join('\n') };
}

function placeOf(cursor: string, of: string): Place {
  const groups = CURSOR.exec(cursor)?.groups;
  if (groups?.['of'] !== of) throw invalidRequest(`invalid cursor: ${cursor}`);
  return { position: Number(groups['position']), nth: Number(groups['nth']) };
}
