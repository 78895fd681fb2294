import * as fc from 'fast-check';

import { patchCases, tryPatch } from '../../core/tools/applyPatch/testing/index.ts';
import type { Soak } from './soak.ts';

/** Patches made at random, on real files: all of one is applied, as the rules say, or nothing of it. */
export const patches: Soak = {
  rounds: 10_000,
  run: async (rounds, onRound) => {
    const failures: string[] = [];
    let applied = 0;
    let round = 0;
    for (const tried of fc.sample(patchCases, rounds)) {
      const { isApplied, problem } = await tryPatch(tried);
      applied += Number(isApplied);
      if (problem !== undefined) failures.push(problem);
      round += 1;
      onRound(round);
    }
    const summary = `${rounds} patches, ${applied} applied, the others refused with the files untouched`;
    return { passed: rounds - failures.length, failures, summary };
  },
};
