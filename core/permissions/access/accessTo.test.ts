import { describe, expect, test } from 'vitest';

import { accessTo, type FileEntry, type RestrictedFiles } from './index.ts';

const files = (
  entries: readonly FileEntry[],
  more: Partial<RestrictedFiles> = {},
): RestrictedFiles => ({
  kind: 'restricted',
  entries,
  denyGlobs: [],
  protectedPaths: [],
  ...more,
});

const workspace = files(
  [
    { path: '/', access: 'read' },
    { path: '/home/me/.parley', access: 'deny' },
    { path: '/ws', access: 'write' },
    { path: '/ws/secret', access: 'deny' },
    { path: '/ws/secret/open', access: 'read' },
  ],
  { protectedPaths: ['/ws/.git'], denyGlobs: ['/ws/**/*.env', '/ws/[x'] },
);

describe('the narrowest entry decides', () => {
  test.for([
    ['/etc/passwd', 'read'],
    ['/ws', 'write'],
    ['/ws/a/b', 'write'],
    ['/wsother/a', 'read'],
    ['/ws/secret', 'deny'],
    ['/ws/secret/deep/er', 'deny'],
    ['/ws/secret/open/a', 'read'],
    ['/home/me/.parley/auth.json', 'deny'],
    // By name alone: `..` and `.` are taken out first.
    ['/ws/../etc/passwd', 'read'],
    ['/ws/a/../secret/b', 'deny'],
    ['/ws//a/./b/', 'write'],
    ['ws/a', 'deny'],
    ['', 'deny'],
  ] as const)('%s: %s', ([path, access]) => {
    expect(accessTo(workspace, path)).toBe(access);
  });
});

describe('a pattern closes what it matches, and all below', () => {
  test.for([
    ['/ws/.env', 'deny'],
    ['/ws/a/b/prod.env', 'deny'],
    ['/ws/folder.env/inner/file', 'deny'],
    ['/ws/a.env.txt', 'write'],
    ['/other/.env', 'read'],
    ['/ws/.hidden/.env', 'deny'],
    // A bracket that is never closed is a letter.
    ['/ws/[x', 'deny'],
    ['/ws/x', 'write'],
  ] as const)('%s: %s', ([path, access]) => {
    expect(accessTo(workspace, path)).toBe(access);
  });
});

describe('a protected name is only read', () => {
  test.for([
    ['/ws/.git', 'read'],
    ['/ws/.git/hooks/pre-commit', 'read'],
    ['/ws/.gitignore', 'write'],
    ['/ws/sub/.git/config', 'write'],
  ] as const)('%s: %s', ([path, access]) => {
    expect(accessTo(workspace, path)).toBe(access);
  });

  test('unless an entry names it', () => {
    const named = files(
      [
        { path: '/ws', access: 'write' },
        { path: '/ws/.git/hooks', access: 'write' },
      ],
      { protectedPaths: ['/ws/.git'] },
    );

    expect(accessTo(named, '/ws/.git/hooks/pre-commit')).toBe('write');
    expect(accessTo(named, '/ws/.git/config')).toBe('read');
  });
});

test('of two entries for one path to deny counts before to write, and to write before to read', () => {
  const both = files([
    { path: '/a', access: 'write' },
    { path: '/a', access: 'deny' },
    { path: '/b', access: 'write' },
    { path: '/b', access: 'read' },
  ]);

  expect(accessTo(both, '/a/x')).toBe('deny');
  expect(accessTo(both, '/b/x')).toBe('write');
});

test('what nothing names is closed', () => {
  expect(accessTo(files([{ path: '/ws', access: 'read' }]), '/etc/passwd')).toBe('deny');
});
