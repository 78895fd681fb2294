import type { SessionEvent } from '../../realtime/session/index.ts';
import type { NewId } from '../base/index.ts';
import type { RealtimeTimelineItem } from '../protocol/index.ts';
import type { LiveThread, Notify } from '../threads/index.ts';

type Segment = Extract<RealtimeTimelineItem, { type: 'transcriptSegment' }>;
type Role = Segment['role'];

/** What a session reports of a line of talk. */
export type LineEvent = Extract<
  SessionEvent,
  { readonly type: 'transcriptDelta' | 'transcriptDone' | 'transcriptFailed' }
>;

export type TranscriptSegmentsOptions = {
  readonly threadId: string;
  readonly realtimeSessionId: string;
  readonly newId: NewId;
  readonly notify: Notify;
  /** Ids of what the thread holds already. */
  readonly knownIds: Iterable<string>;
  /** Keeps a finished segment, or a newer version of it, with the thread. */
  readonly keep: (item: RealtimeTimelineItem) => void;
};

/**
 * The lines of talk of one voice session as kept items: started at the first words, completed with
 * the final text, each exactly once. The final text wins over the deltas (realtime-v2 §19.16).
 *
 * A line has one id: that of the provider's item, or the client's own for what was typed. Where the
 * provider gives none, or one that the thread has seen in an earlier session, a new one is made.
 */
export class TranscriptSegments {
  readonly #options: TranscriptSegmentsOptions;
  readonly #takenIds: Set<string>;
  /** By the provider's item id, or what stands for it. */
  readonly #open = new Map<string, Segment>();
  readonly #done = new Map<string, Segment>();

  constructor(options: TranscriptSegmentsOptions) {
    this.#options = options;
    this.#takenIds = new Set(options.knownIds);
  }

  /** Reserves an id that a client has chosen; false when something has that id already. */
  claim(id: string): boolean {
    if (this.#takenIds.has(id)) return false;
    this.#takenIds.add(id);
    return true;
  }

  /** Takes what was reported of a line; returns the id of its segment. */
  take(event: LineEvent): string {
    switch (event.type) {
      case 'transcriptDelta':
        return this.delta(event, event.role, event.delta);
      case 'transcriptDone':
        return this.done(event, event.role, event.text);
      case 'transcriptFailed':
        return this.failed(event, event.message);
    }
  }

  /** Returns the id of the segment these words belong to. */
  delta(line: Line, role: Role, delta: string): string {
    const { lineId } = line;
    const segment = this.#open.get(lineId) ?? this.#start(line, role);
    this.#open.set(lineId, { ...segment, text: segment.text + delta });
    this.#options.notify('thread/realtime/item/transcript/delta', {
      threadId: this.#options.threadId,
      itemId: segment.id,
      delta,
    });
    return segment.id;
  }

  /** The same for the whole text; a repeated one of a finished line changes nothing. */
  done(line: Line, role: Role, text: string): string {
    const finished = this.#done.get(line.lineId);
    if (finished !== undefined) return finished.id;
    const segment = this.#open.get(line.lineId) ?? this.#start(line, role);
    this.#finish(line.lineId, { ...segment, text });
    return segment.id;
  }

  failed(line: Line, failure: string): string {
    const finished = this.#done.get(line.lineId);
    if (finished !== undefined) return finished.id;
    const segment = this.#open.get(line.lineId) ?? this.#start(line, 'user');
    this.#finish(line.lineId, { ...segment, failure });
    return segment.id;
  }

  /** What the user typed, under an id that was claimed, or a new one. */
  typed(text: string, claimedId: string | undefined): void {
    const id = claimedId ?? this.#newId();
    const segment = this.#begin(id, id, 'user');
    this.#finish(id, { ...segment, text, typed: true });
  }

  /** The listener was cut off after this much of the line. */
  heard(lineId: string, heardMs: number): void {
    const open = this.#open.get(lineId);
    if (open !== undefined) this.#open.set(lineId, { ...open, heardMs });
    const done = this.#done.get(lineId);
    if (done === undefined) return;
    const cut = { ...done, heardMs };
    this.#done.set(lineId, cut);
    this.#options.keep(cut);
  }

  /** Completes what the end of a connection left open; the next one names its lines anew. */
  close(): void {
    for (const [lineId, segment] of Array.from(this.#open)) this.#finish(lineId, segment);
    this.#done.clear();
  }

  #start({ lineId, itemId }: Line, role: Role): Segment {
    const id = itemId !== undefined && this.claim(itemId) ? itemId : this.#newId();
    return this.#begin(lineId, id, role);
  }

  #newId(): string {
    const id = this.#options.newId();
    this.#takenIds.add(id);
    return id;
  }

  #begin(lineId: string, id: string, role: Role): Segment {
    const { threadId, realtimeSessionId, notify } = this.#options;
    const item: Segment = { id, realtimeSessionId, type: 'transcriptSegment', role, text: '' };
    this.#open.set(lineId, item);
    notify('thread/realtime/item/started', { threadId, item });
    return item;
  }

  #finish(lineId: string, segment: Segment): void {
    // What was known of how far it was heard stays known when the final text comes later.
    const heardMs = this.#open.get(lineId)?.heardMs;
    const item = typeof heardMs === 'number' ? { ...segment, heardMs } : segment;
    this.#open.delete(lineId);
    this.#done.set(lineId, item);
    this.#options.keep(item);
    const { threadId, notify } = this.#options;
    notify('thread/realtime/item/completed', { threadId, item });
  }
}

/** The lines of a voice session of this thread, kept with it. */
export function segmentsOf(
  thread: LiveThread,
  realtimeSessionId: string,
  newId: NewId,
): TranscriptSegments {
  return new TranscriptSegments({
    threadId: thread.id,
    realtimeSessionId,
    newId,
    notify: thread.tell,
    knownIds: thread.conversation.voiceIds,
    keep: (item) => {
      thread.addRealtimeItem(item);
    },
  });
}

/** A line of talk as the session names it, with the provider's item id where there is one. */
type Line = { readonly lineId: string; readonly itemId: string | undefined };
