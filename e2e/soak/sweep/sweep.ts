import { randomInt } from 'node:crypto';

import type { Soak } from '../soak.ts';
import { ATTACKS, type OpenDoor } from './cells.ts';
import { DOORS } from './doors/index.ts';
import { attackOnce } from './judge.ts';

/** Every door, every attack, in any order, on processes that live through all of it. */
export const sweep: Soak = {
  rounds: 10_000,
  async run(rounds, onRound) {
    await using opened = new AsyncDisposableStack();
    const open = new Map<string, OpenDoor>();
    const failures: string[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const door = oneOf(DOORS);
      let here = open.get(door.name);
      // One that an attack has ended is a failure already, and the others go on with a new one.
      if (here === undefined || here.product.hasEnded) {
        here = opened.use(await door.open());
        open.set(door.name, here);
      }
      const problems = await attackOnce(door, here, oneOf(ATTACKS));
      if (problems.length > 0) failures.push(`attack ${round}: ${problems.join('; ')}`);
      onRound(round);
    }
    return {
      passed: rounds - failures.length,
      failures,
      summary: `${rounds} attacks on ${open.size} doors`,
    };
  },
};

function oneOf<Value>(values: readonly Value[]): Value {
  const value = values[randomInt(values.length)];
  if (value === undefined) throw new Error('There is nothing to choose from');
  return value;
}
