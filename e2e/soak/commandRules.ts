import * as fc from 'fast-check';

import { judgeCommand, type JudgementKind } from '../../core/commandRules/index.ts';
import { COMPOUND_RULES, compounds } from '../../core/commandRules/testing/index.ts';
import type { Soak } from './soak.ts';

const KINDS: readonly JudgementKind[] = ['reads', 'allowed', 'other', 'danger', 'forbidden'];

/** Commands joined and wrapped at random: none is judged milder than the strictest of its parts. */
export const commandRules: Soak = {
  rounds: 100_000,
  run: async (rounds, onRound) => {
    const failures: string[] = [];
    let round = 0;
    const scripts = fc.sample(compounds, rounds);
    for (const { script, atLeast } of scripts) {
      const { kind } = judgeCommand(script, { cwd: '/project', rules: COMPOUND_RULES });
      if (KINDS.indexOf(kind) < KINDS.indexOf(atLeast)) {
        failures.push(`${kind} instead of ${atLeast}: ${script}`);
      }
      round += 1;
      onRound(round);
    }
    const summary = `${scripts.length} scripts, ${failures.length} judged too mildly`;
    return Promise.resolve({ passed: rounds - failures.length, failures, summary });
  },
};
