import type { NewId } from '../base/index.ts';
import type { RealtimeTimelineItem } from '../protocol/index.ts';
import type { Notify } from '../threads/index.ts';

type Segment = Extract<RealtimeTimelineItem, { type: 'transcriptSegment' }>;
type Role = Segment['role'];

export type TranscriptSegmentsOptions = {
  readonly threadId: string;
  readonly realtimeSessionId: string;
  readonly newId: NewId;
  readonly notify: Notify;
  /** Keeps a finished line, or a newer version of it, with the thread. */
  readonly keep: (item: RealtimeTimelineItem) => void;
};

/**
 * The lines of talk of one voice session as kept items: started at the first words, completed with
 * the final text, each exactly once. The final text wins over the deltas (realtime-v2 §19.16).
 */
export class TranscriptSegments {
  readonly #options: TranscriptSegmentsOptions;
  readonly #open = new Map<string, Segment>();
  readonly #done = new Map<string, Segment>();

  constructor(options: TranscriptSegmentsOptions) {
    this.#options = options;
  }

  delta(lineId: string, role: Role, delta: string): void {
    const line = this.#open.get(lineId) ?? this.#start(lineId, role);
    this.#open.set(lineId, { ...line, text: line.text + delta });
    this.#options.notify('thread/realtime/item/transcript/delta', {
      threadId: this.#options.threadId,
      itemId: line.id,
      delta,
    });
  }

  done(lineId: string, role: Role, text: string): void {
    // A repeated final text of a finished line changes nothing.
    if (this.#done.has(lineId)) return;
    const line = this.#open.get(lineId) ?? this.#start(lineId, role);
    this.#finish(lineId, { ...line, text });
  }

  failed(lineId: string, failure: string): void {
    if (this.#done.has(lineId)) return;
    const line = this.#open.get(lineId) ?? this.#start(lineId, 'user');
    this.#finish(lineId, { ...line, failure });
  }

  typed(lineId: string, text: string): void {
    const line = this.#start(lineId, 'user');
    this.#finish(lineId, { ...line, text, typed: true });
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

  /** Completes what the end of the session left open. */
  close(): void {
    for (const [lineId, line] of Array.from(this.#open)) this.#finish(lineId, line);
  }

  #start(lineId: string, role: Role): Segment {
    const { threadId, realtimeSessionId, newId, notify } = this.#options;
    const item: Segment = {
      id: newId(),
      realtimeSessionId,
      type: 'transcriptSegment',
      role,
      text: '',
    };
    this.#open.set(lineId, item);
    notify('thread/realtime/item/started', { threadId, item });
    return item;
  }

  #finish(lineId: string, line: Segment): void {
    // What was known of how far it was heard stays known when the final text comes later.
    const heardMs = this.#open.get(lineId)?.heardMs;
    const item = typeof heardMs === 'number' ? { ...line, heardMs } : line;
    this.#open.delete(lineId);
    this.#done.set(lineId, item);
    this.#options.keep(item);
    const { threadId, notify } = this.#options;
    notify('thread/realtime/item/completed', { threadId, item });
  }
}
