import {
  defaultRangeExtractor,
  type Range,
  useVirtualizer,
  type Virtualizer,
} from '@tanstack/react-virtual';
import type { RefObject } from 'react';

import { assertNever } from '../../../core/base/index.ts';
import type { Entry } from '../../state/conversation/index.ts';

/**
 * Up to here a conversation stands in the page whole, so that the browser's own search and a screen
 * reader's cursor find all of it; a longer one has only what is near the sight.
 */
const WHOLE_AT_MOST = 200;
/** Entries beyond each edge that are there before they are scrolled to. */
const OVERSCAN = 8;

const LINE_PX = 25;
const CHARACTERS_PER_LINE = 80;
const FRAME_PX = 46;

const entryKey = (entry: Entry): string => `${entry.kind}-${entry.id}`;

/** Which entries are in the page, and how much room the others take. Sizes are measured, never assumed. */
export function useEntryWindow(
  scroller: RefObject<HTMLElement | null>,
  entries: readonly Entry[],
): Virtualizer<HTMLElement, HTMLElement> {
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
    rangeExtractor: (range) => shownOf(range, entries, focusedIndex(scroller.current)),
  });
}

/** What is in sight, and what would lose something if it left the page. */
export function shownOf(
  range: Range,
  entries: readonly Entry[],
  focused: number | undefined,
): number[] {
  if (entries.length <= WHOLE_AT_MOST) return Array.from(entries.keys());
  const shown = new Set(defaultRangeExtractor(range));
  for (const [index, entry] of entries.entries()) {
    // Sound that plays, a form that is being filled in, and work that runs stay.
    if (entry.kind === 'recording' || (entry.kind === 'turn' && entry.status === 'inProgress'))
      shown.add(index);
  }
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
        (sum, item) => sum + (item.type === 'reasoning' ? FRAME_PX : textPx(item.text)),
        0,
      );
    default:
      return assertNever(entry, 'entry');
  }
}

const textPx = (text: string): number =>
  FRAME_PX + LINE_PX * Math.ceil(text.length / CHARACTERS_PER_LINE);
