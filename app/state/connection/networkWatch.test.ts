import { expect, test } from 'vitest';

import type { Clock } from '../../../core/base/index.ts';
import { ManualClock } from '../../../core/base/testing/index.ts';
import { watchNetwork } from './networkWatch.ts';

/** A clock of a computer that can be put to sleep: the hands move on, the timers do not. */
function sleepyClock(): { clock: Clock; timers: ManualClock; sleep: (ms: number) => void } {
  const timers = new ManualClock();
  let sleptMs = 0;
  return {
    timers,
    clock: {
      nowMs: () => timers.nowMs() + sleptMs,
      after: (delayMs, callback) => timers.after(delayMs, callback),
    },
    sleep: (ms) => {
      sleptMs += ms;
    },
  };
}

function watching() {
  const events = new EventTarget();
  const { clock, timers, sleep } = sleepyClock();
  const seen = { changes: 0 };
  const stop = watchNetwork(events, clock, () => {
    seen.changes += 1;
  });
  return { events, timers, sleep, seen, stop };
}

test('tells that the network is back', () => {
  const { events, seen } = watching();

  events.dispatchEvent(new Event('online'));

  expect(seen.changes).toBe(1);
});

test('tells that the computer has slept, and not that a timer was late', () => {
  const { timers, sleep, seen } = watching();
  timers.advance(60_000);
  sleep(9_000);
  timers.advance(5_000);
  expect(seen.changes).toBe(0);

  sleep(60_000);
  timers.advance(5_000);
  timers.advance(60_000);

  expect(seen.changes).toBe(1);
});

test('leaves nothing behind when it is stopped, twice too', () => {
  const { events, timers, seen, stop } = watching();
  stop();
  stop();

  events.dispatchEvent(new Event('online'));

  expect({ ...seen, pending: timers.pending }).toEqual({ changes: 0, pending: 0 });
});
