/** How often the far side is looked after. */
export const LOOK_EVERY_MS = 500;
/** Silent looks before it is asked for a sign of life; every look asks again. */
const ASK_FROM = 2;
/** Silent looks after which it is gone: 3 s, in which it was asked four times. */
const GONE_FROM = 6;

/**
 * Looks in a row in which nothing came. Looks are counted and not milliseconds, because after a stall
 * of this process its clock has moved on while what came meanwhile has not been read yet.
 */
export type Liveness = { readonly silentLooks: number };

export const ALIVE: Liveness = { silentLooks: 0 };

export function stepLiveness(
  state: Liveness,
  heard: boolean,
): { readonly state: Liveness; readonly effect: 'none' | 'ask' | 'gone' } {
  if (heard) return { state: ALIVE, effect: 'none' };
  const silentLooks = state.silentLooks + 1;
  if (silentLooks >= GONE_FROM) return { state: { silentLooks }, effect: 'gone' };
  return { state: { silentLooks }, effect: silentLooks >= ASK_FROM ? 'ask' : 'none' };
}
