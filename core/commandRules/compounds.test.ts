import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { judgeCommand, type JudgementKind } from './index.ts';
import { COMPOUND_RULES, compounds } from './testing/index.ts';

const KINDS: readonly JudgementKind[] = ['reads', 'allowed', 'other', 'danger', 'forbidden'];

it('is never judged milder than the strictest of its parts, however they are joined and wrapped', () => {
  fc.assert(
    fc.property(compounds, ({ script, atLeast }) => {
      const { kind } = judgeCommand(script, { cwd: '/project', rules: COMPOUND_RULES });
      expect(KINDS.indexOf(kind), `${kind} for ${script}`).toBeGreaterThanOrEqual(
        KINDS.indexOf(atLeast),
      );
    }),
    { numRuns: 2_000 },
  );
});

it('judges whatever text there is, and never reads code out of a quote', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const quoted = `echo '${text.replaceAll("'", '').replaceAll('`', '').replaceAll('\0', '')}'`;
      expect(judgeCommand(quoted, { cwd: '/project', rules: [] }).kind).toBe('reads');
      judgeCommand(text, { cwd: '/project', rules: COMPOUND_RULES });
    }),
    { numRuns: 500 },
  );
});
