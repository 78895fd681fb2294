import {
  type Draft,
  type Entry,
  SAMPLES_PER_MS,
  type SpokenSpan,
  type StoredItem,
} from './state.ts';

/** Adds an item at the end of the conversation, or after the named one, and announces it. */
export function addEntry(draft: Draft, entry: Entry, at?: number): void {
  const { entries } = draft.state;
  draft.set({ entries: entries.toSpliced(at ?? entries.length, 0, entry) });
  announce(draft, 'conversation.item.added', entry.item);
}

/** Announces that an item is complete, with the neighbour it has now. */
export function announceDone(draft: Draft, item: StoredItem): void {
  announce(draft, 'conversation.item.done', item);
}

function announce(draft: Draft, type: string, item: StoredItem): void {
  const { entries } = draft.state;
  // Nearly always the last one, so the search runs from the end.
  const index = entries.findLastIndex((entry) => entry.item.id === item.id);
  draft.send({ type, previous_item_id: entries[index - 1]?.item.id ?? null, item });
}

export function lastItemId(draft: Draft): string | null {
  return draft.state.entries.at(-1)?.item.id ?? null;
}

export function findEntry(draft: Draft, itemId: string): Entry | undefined {
  return draft.state.entries.findLast((entry) => entry.item.id === itemId);
}

export function replaceEntry(draft: Draft, entry: Entry): void {
  const index = draft.state.entries.findLastIndex((other) => other.item.id === entry.item.id);
  if (index >= 0) draft.set({ entries: draft.state.entries.with(index, entry) });
}

/** The assistant's message ends after so many ms: what followed, sound and words, was not heard. */
export function truncateEntry(draft: Draft, itemId: string, heardMs: number): void {
  const entry = findEntry(draft, itemId);
  if (entry?.item.type !== 'message') return;
  const endMs = Math.floor(heardMs);
  const spans = cutTranscript(entry.spans, heardMs);
  const content = [{ type: 'output_audio' as const, transcript: joinSpans(spans) }];
  replaceEntry(draft, { ...entry, audioMs: endMs, spans, item: { ...entry.item, content } });
  draft.send({
    type: 'conversation.item.truncated',
    item_id: itemId,
    content_index: 0,
    audio_end_ms: endMs,
  });
}

/** The words that were spoken before `endMs`; a span cut in the middle loses its later words. */
export function cutTranscript(spans: readonly SpokenSpan[], endMs: number): readonly SpokenSpan[] {
  // In samples, because sums of fractions of a millisecond differ in their last digits.
  const end = toSamples(endMs);
  return spans
    .filter((span) => toSamples(span.fromMs) < end)
    .map((span) => {
      if (toSamples(span.toMs) <= end) return span;
      const words = span.text.match(/\s*\S+/gu) ?? [];
      const share = (endMs - span.fromMs) / (span.toMs - span.fromMs);
      const text = words.slice(0, Math.floor(words.length * share)).join('');
      return { text, fromMs: span.fromMs, toMs: endMs };
    });
}

function toSamples(ms: number): number {
  return Math.round(ms * SAMPLES_PER_MS);
}

export function joinSpans(spans: readonly SpokenSpan[]): string {
  return spans.map((span) => span.text).join('');
}
