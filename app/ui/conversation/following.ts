const NEAR_END_PX = 80;

/** A move that comes this soon after a gesture is the user's. */
const GESTURE_MS = 1000;
/** Nothing but a user, a screen reader or the browser's own search moves what has had its size for so long. */
const STILL_MS = 2000;

/** Where a scrolled region stands, in pixels, as the DOM names it. */
export type Place = {
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
};

/** Whether the end of a conversation is kept in sight, and what is known of how it moved. */
export type Following = {
  readonly isFollowing: boolean;
  readonly place: Place;
  readonly resizedAtMs: number;
  readonly gestureAtMs: number;
};

export const followingAtFirst: Following = {
  isFollowing: true,
  place: { scrollTop: 0, scrollHeight: 0, clientHeight: 0 },
  resizedAtMs: -Infinity,
  gestureAtMs: -Infinity,
};

/** The user touched what moves a conversation: wheel, finger, key or scroll bar. */
export function gestured(state: Following, atMs: number): Following {
  return { ...state, gestureAtMs: atMs };
}

/** The end was brought into sight, whoever asked for that. */
export function kept(state: Following, place: Place, atMs: number): Following {
  return { ...moved(state, place, atMs), isFollowing: true };
}

/**
 * It was scrolled, by whomever. Only a user who goes up leaves the end. Entries above that turn out
 * smaller or larger than they were taken for move it just the same, any time after they came in.
 */
export function scrolled(state: Following, place: Place, atMs: number): Following {
  const next = moved(state, place, atMs);
  if (isNearEnd(place)) return { ...next, isFollowing: true };
  const isTheUsers = atMs - state.gestureAtMs <= GESTURE_MS || atMs - next.resizedAtMs >= STILL_MS;
  const leaves = place.scrollTop < state.place.scrollTop && isTheUsers;
  return { ...next, isFollowing: state.isFollowing && !leaves };
}

/** Whether it should be at the end and is not, since something else than the user moved it. */
export function isAstray({ isFollowing, place }: Following): boolean {
  return isFollowing && !isNearEnd(place);
}

function moved(state: Following, place: Place, atMs: number): Following {
  const isResized =
    place.scrollHeight !== state.place.scrollHeight ||
    place.clientHeight !== state.place.clientHeight;
  return { ...state, place, resizedAtMs: isResized ? atMs : state.resizedAtMs };
}

function isNearEnd({ scrollTop, scrollHeight, clientHeight }: Place): boolean {
  return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
}
