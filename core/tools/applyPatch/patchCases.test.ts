import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { patchCases, tryPatch } from './testing/index.ts';

test('generated patches leave files as the rules say, or untouched', async () => {
  let applied = 0;
  await fc.assert(
    fc.asyncProperty(patchCases, async (tried) => {
      const { isApplied, problem } = await tryPatch(tried);
      applied += Number(isApplied);
      expect(problem).toBeUndefined();
    }),
    { numRuns: 100 },
  );
  expect(applied).toBeGreaterThan(8);
});
