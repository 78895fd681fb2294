import { expect, test } from 'vitest';

import { notAllowed, runTrial } from './trial.ts';

test.for([
  ['bwrap: Unknown option --disable-userns', /too old.*0\.8\.0/u],
  ["bwrap: Can't mount proc on /newroot/proc: Operation not permitted", /\/proc of its own/u],
  ['bwrap: setting up uid map: Permission denied', /no namespaces/u],
  ['bwrap: No permissions to create new namespace', /no namespaces/u],
  ['bwrap: something new', /bubblewrap says: bwrap: something new/u],
] as const)('%s is one sentence that says what to do', ([said, words]) => {
  const error = notAllowed(said);

  expect(error.code).toBe('unavailable');
  expect(error.message).toMatch(words);
  expect(error.message).toMatch(/none is run/u);
});

test('a program that is not there is no success', async () => {
  expect(await runTrial({ program: '/no/such/program', args: [] })).toContain('ENOENT');
  expect(await runTrial({ program: '/bin/sh', args: ['-c', 'echo why >&2; exit 3'] })).toBe('why');
});
