import type { Clock, Unsubscribe } from '../../../core/base/index.ts';

/** Where the browser says that the network is back: the window, or what a test puts in its place. */
export type NetworkEvents = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;

const LOOK_MS = 5_000;
const SLEPT_MS = 10_000;

/**
 * Calls `onChange` when the network came back, and when so much more time has passed than a timer was
 * set to that the computer must have slept.
 */
export function watchNetwork(
  events: NetworkEvents,
  clock: Clock,
  onChange: () => void,
): Unsubscribe {
  let lookedMs = clock.nowMs();
  let isWatching = true;
  const look = (): void => {
    const nowMs = clock.nowMs();
    const sleptMs = nowMs - lookedMs - LOOK_MS;
    lookedMs = nowMs;
    if (sleptMs > SLEPT_MS) onChange();
    if (isWatching) timer = clock.after(LOOK_MS, look);
  };
  let timer = clock.after(LOOK_MS, look);
  events.addEventListener('online', onChange);
  return () => {
    isWatching = false;
    timer.cancel();
    events.removeEventListener('online', onChange);
  };
}
