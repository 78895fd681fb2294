import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { NO_REQUIREMENTS, readRequirements, requirementsOf } from './index.ts';

const read = (...texts: readonly string[]): ReturnType<typeof requirementsOf> =>
  requirementsOf(texts.map((text, index) => ({ file: `/${index}.toml`, text })));

describe('requirements', () => {
  test('what an earlier file fixes stands, a later one adds, and each value remembers its file', () => {
    const { features, approvalPolicies, sandboxModes } = read(
      'allowed_approval_policies = ["never"]\n[features]\na = true',
      'allowed_approval_policies = ["untrusted"]\nallowed_sandbox_modes = ["read-only"]\n[features]\na = false\nb = false',
    );

    expect(approvalPolicies).toEqual({ value: ['never'], file: '/0.toml' });
    expect(sandboxModes).toEqual({ value: ['read-only'], file: '/1.toml' });
    expect(Object.fromEntries(features)).toEqual({
      a: { value: true, file: '/0.toml' },
      b: { value: false, file: '/1.toml' },
    });
  });

  test('the former name of the table is read, and the present one wins', () => {
    const { features } = read('[feature_requirements]\na = true\nb = true\n[features]\na = false');

    expect(Array.from(features, ([name, { value }]) => [name, value])).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  test('what nothing here sees to is kept by its name', () => {
    expect(read('enforce_residency = "us"').unenforced).toEqual([
      { value: ['enforce_residency'], file: '/0.toml' },
    ]);
  });

  test.for<[string, string]>([
    ['[features', '/0.toml:1:'],
    ['[features]\na = "on"', '/0.toml:2:5: features.a must be true or false, not a string.'],
    [
      'allowed_approval_policies = []',
      '/0.toml:1:29: allowed_approval_policies must not be empty.',
    ],
    ['allowed_approval_policies = ["sometimes"]', 'allowed_approval_policies.0'],
    ['allowed_sandbox_modes = ["workspace-write"]', 'allowed_sandbox_modes must have "read-only"'],
  ])('%j cannot be used, and its place is told', ([text, words]) => {
    expect(() => read(text)).toThrow(words);
  });

  test('the pieces beside the file are read by name after it; a folder that is not there fixes nothing', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'requirements-'));
    expect(readRequirements(folder.path)).toEqual(NO_REQUIREMENTS);
    const pieces = join(folder.path, 'requirements.d');
    await mkdir(pieces);
    await writeFile(join(pieces, '20.toml'), '[features]\na = true\nb = true');
    await writeFile(join(pieces, '10.toml'), '[features]\na = false');
    await writeFile(join(pieces, 'README'), 'no [ TOML');

    expect(Object.fromEntries(readRequirements(folder.path).features)).toEqual({
      a: { value: false, file: join(pieces, '10.toml') },
      b: { value: true, file: join(pieces, '20.toml') },
    });
    await mkdir(join(folder.path, 'requirements.toml'));
    expect(() => readRequirements(folder.path)).toThrow('is a folder');
  });
});
