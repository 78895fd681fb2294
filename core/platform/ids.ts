import { randomFillSync } from 'node:crypto';

import { type Clock, type NewId, uuidV7 } from '../base/index.ts';
import { systemClock } from './systemClock.ts';

/** The twelve bits after the time field hold a counter (RFC 9562 §6.2, method 1). */
const COUNTER_LIMIT = 0x1000;
/** Starting in the lower half leaves room for at least 2048 ids in one millisecond. */
const COUNTER_START_LIMIT = 0x800;
const RANDOM_BYTES = 10;
/** Asked of the system at a time: every turn takes some ids while somebody waits. */
const SUPPLY_BYTES = 128 * RANDOM_BYTES;

/**
 * Makes version 7 UUIDs that strictly increase, also within one millisecond and when the clock is
 * set back; so sorting threads and turns by id is sorting them by creation.
 */
export function createIdSource(clock: Pick<Clock, 'nowMs'>): NewId {
  const supply = new Uint8Array(SUPPLY_BYTES);
  let used = supply.byteLength;
  let lastMs = -1;
  let counter = 0;
  return () => {
    if (used === supply.byteLength) {
      randomFillSync(supply);
      used = 0;
    }
    const random = supply.subarray(used, used + RANDOM_BYTES);
    used += RANDOM_BYTES;
    const nowMs = clock.nowMs();
    if (nowMs > lastMs) {
      lastMs = nowMs;
      counter = counterBits(random) % COUNTER_START_LIMIT;
    } else {
      counter += 1;
      if (counter === COUNTER_LIMIT) {
        lastMs += 1;
        counter = 0;
      }
    }
    random[0] = counter >> 8;
    random[1] = counter & 0xff;
    return uuidV7(lastMs, random);
  };
}

/** Makes a fresh version 7 UUID; ids of one process strictly increase. */
export const newUuid: NewId = createIdSource(systemClock);

function counterBits(random: Uint8Array): number {
  return ((random[0] ?? 0) << 8) | (random[1] ?? 0);
}
