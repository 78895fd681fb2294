import type { Draft, Entry, SpokenSpan, StoredItem } from './state.ts';

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

/** The words that were spoken before `endMs`; a span cut in the middle loses its later words. */
export function cutTranscript(spans: readonly SpokenSpan[], endMs: number): readonly SpokenSpan[] {
  return spans
    .filter((span) => span.fromMs < endMs)
    .map((span) => {
      if (span.toMs <= endMs) return span;
      const words = span.text.match(/\s*\S+/gu) ?? [];
      const share = (endMs - span.fromMs) / (span.toMs - span.fromMs);
      const text = words.slice(0, Math.floor(words.length * share)).join('');
      return { text, fromMs: span.fromMs, toMs: endMs };
    });
}

export function joinSpans(spans: readonly SpokenSpan[]): string {
  return spans.map((span) => span.text).join('');
}
