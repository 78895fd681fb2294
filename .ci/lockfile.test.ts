import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { completeLockfile, missingOptionalPackages } from './lockfile.ts';
import { ROOT } from './tool.ts';

const tool = (optionalDependencies: Record<string, string>): object => ({
  version: '1.0.0',
  dev: true,
  optionalDependencies,
});
const lockfile = (packages: Record<string, object>): string =>
  JSON.stringify({ name: 'us', lockfileVersion: 3, packages: { '': { name: 'us' }, ...packages } });

test('our lock file names every optional package; else run `node .ci/completeLockfile.ts`', () => {
  expect(missingOptionalPackages(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))).toEqual(
    [],
  );
});

test('an optional package counts as there beside its user, within it and above it', () => {
  const text = lockfile({
    'node_modules/a': tool({ beside: '1.0.0', within: '1.0.0', gone: '2.0.0' }),
    'node_modules/beside': {},
    'node_modules/a/node_modules/within': {},
    'node_modules/a/node_modules/b': tool({ within: '1.0.0', beside: '1.0.0' }),
  });

  expect(missingOptionalPackages(text)).toEqual(['gone@2.0.0']);
});

test('a missing native package is added with the system its name tells', () => {
  const before = lockfile({
    'node_modules/tool': tool({
      '@t/core-linux-x64-musl': '1.2.3',
      '@t/core-darwin-arm64': '1.2.3',
    }),
  });

  const after = completeLockfile(before);

  expect(missingOptionalPackages(after)).toEqual([]);
  expect(JSON.parse(after)).toMatchObject({
    name: 'us',
    packages: {
      'node_modules/@t/core-linux-x64-musl': {
        version: '1.2.3',
        os: ['linux'],
        cpu: ['x64'],
        libc: ['musl'],
        dev: true,
        optional: true,
      },
      'node_modules/@t/core-darwin-arm64': { version: '1.2.3', os: ['darwin'], cpu: ['arm64'] },
    },
  });
});

test('a missing package of no system is an error that names it, not a guess', () => {
  const text = lockfile({ 'node_modules/a': tool({ fancy: '1.0.0' }) });

  expect(() => completeLockfile(text)).toThrow('lacks fancy');
});
