import type { SortDirection } from '../../protocol/index.ts';
import { invalidRequest } from '../../rpc/index.ts';

/** Where a page begins: behind a place of the timeline, or with it. */
type Anchor = { readonly position: number; readonly isIncluded: boolean };

export type PageQuery = {
  readonly cursor?: string | undefined;
  /** Takes the place of a cursor: the page begins behind this position. */
  readonly behind?: number | undefined;
  readonly limit: number;
  readonly direction: SortDirection;
};

/** Positions of a page in its order, and how to go on from both of its ends. */
export type PagePlaces = {
  readonly positions: readonly number[];
  readonly nextCursor: string | null;
  readonly backwardsCursor: string | null;
};

/**
 * Cuts a page out of places of the timeline, which ascend. A cursor names a place and not a number of entries,
 * so what is added meanwhile moves nothing; `kind` tells the cursors of one list from those of another.
 */
export function pageOf(kind: string, places: readonly number[], query: PageQuery): PagePlaces {
  const { direction, limit } = query;
  const anchor = anchorOf(kind, query);
  const isBehind = (position: number): boolean => {
    if (anchor === undefined) return true;
    if (position === anchor.position) return anchor.isIncluded;
    return direction === 'asc' ? position > anchor.position : position < anchor.position;
  };
  const ordered = direction === 'asc' ? places : places.toReversed();
  const from = ordered.findIndex(isBehind);
  const positions = from === -1 ? [] : ordered.slice(from, from + Math.max(1, limit));
  const [first] = positions;
  const last = positions.at(-1);
  const hasMore = from !== -1 && from + positions.length < ordered.length;
  return {
    positions,
    nextCursor:
      hasMore && last !== undefined ? cursorOf(kind, { position: last, isIncluded: false }) : null,
    backwardsCursor:
      first === undefined ? null : cursorOf(kind, { position: first, isIncluded: true }),
  };
}

/** A cursor that gives the newest place first when a page is read from there towards the beginning. */
export function newestCursor(kind: string, places: readonly number[]): string | null {
  const position = places.at(-1);
  return position === undefined ? null : cursorOf(kind, { position, isIncluded: true });
}

export function cursorOf(kind: string, { position, isIncluded }: Anchor): string {
  return `${kind}:${isIncluded ? 'from' : 'behind'}:${position}`;
}

/** Throws the protocol's refusal for a cursor that no page of this kind has given. */
function anchorOf(kind: string, { cursor, behind }: PageQuery): Anchor | undefined {
  if (behind !== undefined) return { position: behind, isIncluded: false };
  if (cursor === undefined) return undefined;
  const [given, side, position = '', ...rest] = cursor.split(':');
  const isOurs = given === kind && (side === 'from' || side === 'behind') && rest.length === 0;
  if (!isOurs || !/^\d{1,9}$/u.test(position)) throw invalidRequest(`invalid cursor: ${cursor}`);
  return { position: Number(position), isIncluded: side === 'from' };
}
