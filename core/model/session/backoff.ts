const FIRST_DELAY_MS = 200;
const SPREAD = 0.1;

/** The wait before the n-th repeat: doubling from 200 ms, give or take a tenth (`random` in [0, 1)). */
export function backoffMs(repeat: number, random: number): number {
  return Math.round(FIRST_DELAY_MS * 2 ** (repeat - 1) * (1 + SPREAD * (2 * random - 1)));
}
