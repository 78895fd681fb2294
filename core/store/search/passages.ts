/** What was said in one message. */
export type Passage = {
  readonly text: string;
  /** What the message is known by, where a later line may say it anew. */
  readonly itemId: string | undefined;
};

/** What a line of a thread's file has for a search: words of people and of the assistant, or a name. */
export type SearchableLine =
  | { readonly type: 'said'; readonly passages: readonly Passage[] }
  | { readonly type: 'named'; readonly name: string | null };

/** A text as SQLite keeps it, for which a zero is its end, and half a character none. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** Most of a file is what the model is told, which nobody has to take apart for this. */
const HEAD = /^\{"timestamp":"[^"]{0,40}","type":"(?:item|realtime|turnQueued|store\/name)"/u;

/**
 * Reads a line of a thread's file; undefined where it has nothing that anybody could look for. Records are the
 * engine's, whose tables check them when a thread is opened: here a line that is odd just has no words.
 */
export function searchableLine(line: string): SearchableLine | undefined {
  if (!HEAD.test(line)) return undefined;
  const record = parse(line);
  if (!isObject(record) || !isObject(record['payload'])) return undefined;
  const { type, payload } = record;
  if (type === 'store/name') {
    const { name } = payload;
    return typeof name === 'string' || name === null
      ? { type: 'named', name: name === null ? null : storable(name) }
      : undefined;
  }
  const items: unknown = type === 'turnQueued' ? payload['items'] : [payload['item']];
  const passages = Array.isArray(items) ? items.flatMap((item) => passageOf(item) ?? []) : [];
  return passages.length > 0 ? { type: 'said', passages } : undefined;
}

function passageOf(item: unknown): Passage | undefined {
  if (!isObject(item)) return undefined;
  const text = storable(textOf(item));
  if (text === '') return undefined;
  const { id, type } = item;
  const isFinal = type === 'agentMessage' || typeof id !== 'string';
  return { text, itemId: isFinal ? undefined : id };
}

function textOf({ type, text, content }: Readonly<Record<string, unknown>>): string {
  if (type === 'agentMessage' || type === 'transcriptSegment') {
    return typeof text === 'string' ? text : '';
  }
  if (type !== 'userMessage' || !Array.isArray(content)) return '';
  return content
    .flatMap((part: unknown) =>
      isObject(part) && part['type'] === 'text' && typeof part['text'] === 'string'
        ? [part['text']]
        : [],
    )
    .join('\n');
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
