import {
  defaultRangeExtractor,
  type Range,
  useVirtualizer,
  type Virtualizer,
} from '@tanstack/react-virtual';
import { type RefObject, useEffect, useState } from 'react';

import { assertNever } from '../../../core/base/index.ts';
import type { Entry } from '../../state/conversation/index.ts';

/**
 * Up to here a conversation stands in the page whole, so that the browser's own search and a screen
 * reader's cursor find all of it; a longer one has only what is near the sight.
 */
const WHOLE_AT_MOST = 200;
/** Entries beyond each edge that are there before they are scrolled to. */
const OVERSCAN = 3;
/** How many more of a whole conversation come into the page at a time, which is a fifth of a long task. */
const SLICE = 8;
/** A page that is never idle gets the next of them after this long all the same. */
const IDLE_TIMEOUT_MS = 250;

const LINE_PX = 25;
const CHARACTERS_PER_LINE = 80;
const FRAME_PX = 46;

const entryKey = (entry: Entry): string => `${entry.kind}-${entry.id}`;

/** Which entries are in the page, and how much room the others take. Sizes are measured, never assumed. */
export function useEntryWindow(
  scroller: RefObject<HTMLElement | null>,
  entries: readonly Entry[],
): Virtualizer<HTMLElement, HTMLElement> {
  const wholeFrom = useWholeFrom(entries);
  // oxlint-disable-next-line react/incompatible-library -- no React Compiler here, and the view reads it anew each time
  return useVirtualizer<HTMLElement, HTMLElement>({
    count: entries.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => {
      const entry = entries[index];
      return entry === undefined ? index : entryKey(entry);
    },
    estimateSize: (index) => estimatedPx(entries[index]),
    overscan: OVERSCAN,
    // Older entries come in above what is read, which keeps its place.
    anchorTo: 'end',
    initialOffset: Number.MAX_SAFE_INTEGER,
    rangeExtractor: (range) =>
      shownOf(range, entries, { wholeFrom, focused: focusedIndex(scroller.current) }),
  });
}

/**
 * From which entry on a conversation stands in the page whole. It begins with what is near the sight and
 * comes to the first entry slice by slice, whenever the page has nothing else to do: a hundred answers at
 * once would hold up the first picture and what the user does then.
 */
function useWholeFrom(entries: readonly Entry[]): number {
  const [first, setFirst] = useState<string>();
  const known = entries.findIndex((entry) => entryKey(entry) === first);
  const wholeFrom = known === -1 ? entries.length : known;
  const isDue = wholeFrom > 0 && entries.length <= WHOLE_AT_MOST;
  const next = entries[Math.max(0, wholeFrom - SLICE)];
  const nextKey = next === undefined ? undefined : entryKey(next);
  useEffect(
    () =>
      isDue
        ? whenIdle(() => {
            setFirst(nextKey);
          })
        : undefined,
    [isDue, nextKey],
  );
  return wholeFrom;
}

/** Calls back once; what it returns takes that back. */
function whenIdle(callback: () => void): () => void {
  // Safari has no such thing.
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(callback, 0);
    return () => {
      clearTimeout(timer);
    };
  }
  const idle = requestIdleCallback(callback, { timeout: IDLE_TIMEOUT_MS });
  return () => {
    cancelIdleCallback(idle);
  };
}

/** What is in sight, what stands in the page whole, and what would lose something if it left the page. */
export function shownOf(
  range: Range,
  entries: readonly Entry[],
  kept: { readonly wholeFrom: number; readonly focused: number | undefined },
): number[] {
  const shown = new Set(defaultRangeExtractor(range));
  const isWhole = entries.length <= WHOLE_AT_MOST;
  for (const [index, entry] of entries.entries()) {
    // Sound that plays, a form that is being filled in, and work that runs stay.
    const stays =
      entry.kind === 'recording' || (entry.kind === 'turn' && entry.status === 'inProgress');
    if (stays || (isWhole && index >= kept.wholeFrom)) shown.add(index);
  }
  const { focused } = kept;
  if (focused !== undefined && focused < entries.length) shown.add(focused);
  return Array.from(shown).toSorted((a, b) => a - b);
}

/** Who reads with the keyboard keeps the place. */
function focusedIndex(scroller: HTMLElement | null): number | undefined {
  const row = scroller?.ownerDocument.activeElement?.closest('[data-index]');
  return row instanceof HTMLElement && scroller?.contains(row) === true
    ? Number(row.dataset['index'])
    : undefined;
}

/** Near enough for the scroll bar; what is in the page is measured. */
function estimatedPx(entry: Entry | undefined): number {
  if (entry === undefined) return 0;
  switch (entry.kind) {
    case 'note':
    case 'recording':
      return FRAME_PX;
    case 'voice':
      return textPx(entry.text);
    case 'turn':
      return entry.items.reduce(
        (sum, item) => sum + ('text' in item ? textPx(item.text) : FRAME_PX),
        0,
      );
    default:
      return assertNever(entry, 'entry');
  }
}

const textPx = (text: string): number =>
  FRAME_PX + LINE_PX * Math.ceil(text.length / CHARACTERS_PER_LINE);
