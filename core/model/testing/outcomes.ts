import { setImmediate, setTimeout } from 'node:timers/promises';

import { ModelError } from '../index.ts';
import type { Bench, Sampling } from './sampling.ts';

/** How many times faster than real the clock may run: handshakes on the wire have real time to arrive. */
const MAX_HASTE = 20;

/** Turns the hands of the clock until the sampling has ended, however many waits it takes. */
export async function untilEnded(
  bench: Bench,
  sampling: Sampling,
  stepMs = 1000,
): Promise<unknown> {
  let ended = false;
  const outcome = sampling.ended.finally(() => {
    ended = true;
  });
  for (;;) {
    // Lets what is on the wire arrive before time goes on.
    await (stepMs < MAX_HASTE ? setImmediate() : setTimeout(stepMs / MAX_HASTE));
    if (ended) return outcome;
    bench.clock.advance(stepMs);
  }
}

/** The ModelError a sampling ended with; anything else fails the test with it as the cause. */
export function modelError(outcome: unknown): ModelError {
  if (outcome instanceof ModelError) return outcome;
  throw new Error('expected a ModelError', { cause: outcome });
}

/** Items that were opened and never closed, or closed and not open. */
export function openItems({ events }: Sampling): string[] {
  const open: string[] = [];
  for (const event of events) {
    if (event.type === 'itemAdded') open.push(event.itemId);
    if (event.type === 'itemDone' || event.type === 'itemInterrupted') {
      const at = open.indexOf(event.itemId);
      if (at < 0) open.push(`${event.itemId} was closed but not open`);
      else open.splice(at, 1);
    }
  }
  return open;
}
