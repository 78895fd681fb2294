import { expect, test } from 'vitest';

import { installDebianPackage, type RunProgram } from './debian.ts';

function recorder(outcomes: readonly (string | undefined)[]): { calls: string[]; run: RunProgram } {
  const calls: string[] = [];
  return {
    calls,
    run: (program, args) => {
      calls.push([program, ...args.filter((arg) => !arg.includes('=') && arg !== '-o')].join(' '));
      return outcomes[calls.length - 1];
    },
  };
}

test('the package lists are refreshed before the package is installed', () => {
  const { calls, run } = recorder([undefined, undefined]);

  expect(installDebianPackage('chromium', run)).toBeUndefined();
  expect(calls).toEqual(['apt-get update', 'apt-get install -y --no-install-recommends chromium']);
});

test('an install goes on with the lists at hand when they cannot be refreshed', () => {
  const { calls, run } = recorder(['no network', undefined]);

  expect(installDebianPackage('chromium', run)).toBeUndefined();
  expect(calls).toHaveLength(2);
});

test('a failed install says why', () => {
  const { run } = recorder([undefined, 'E: Unable to locate package chromium']);

  expect(installDebianPackage('chromium', run)).toBe('E: Unable to locate package chromium');
});
