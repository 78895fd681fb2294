import { expect, test } from 'vitest';

import type { ResolvedPermissions } from '../../permissions/index.ts';
import { globRegex } from './globRegex.ts';
import { seatbeltPolicy } from './policy.ts';

const permissions: ResolvedPermissions = {
  files: {
    kind: 'restricted',
    entries: [
      { path: '/', access: 'read' },
      { path: '/Users/me/.parley', access: 'deny' },
      { path: '/Users/me/turned', access: 'write', realPath: '/Users/me/then' },
      { path: '/Users/me/ws', access: 'write' },
    ],
    denyGlobs: ['/Users/me/ws/**/*.env'],
    protectedPaths: ['/Users/me/ws/.git'],
  },
  network: 'restricted',
};

test('rules come from the shallow to the deep, by parameters, and a stale grant is dropped', () => {
  const { text, parameters } = seatbeltPolicy(permissions, (path) => path);

  expect(parameters).toEqual({
    PATH_0: '/',
    PATH_1: '/Users/me/ws',
    PATH_2: '/Users/me/.parley',
    PATH_3: '/Users/me/ws/.git',
  });
  expect(
    text.split('\n').filter((line) => line.includes('PATH_') || line.includes('.env')),
  ).toEqual([
    '(allow file-read* (subpath (param "PATH_0")))',
    '(deny file-write* (subpath (param "PATH_0")))',
    '(allow file-read* file-write* (subpath (param "PATH_1")))',
    '(deny file-read* file-write* (subpath (param "PATH_2")))',
    '(deny file-write-unlink (literal (param "PATH_2")))',
    '(deny file-write* (subpath (param "PATH_3")))',
    String.raw`(deny file-read* file-write* (regex #"^/Users/me/ws/(.*/)?[^/]*\.env(/.*)?$"))`,
  ]);
  expect(text).not.toContain('network');
});

test('a network is allowed as a whole, and unix sockets are not', () => {
  const { text } = seatbeltPolicy({ ...permissions, network: 'enabled' }, (path) => path);

  expect(text).toContain('(allow network-outbound (remote ip))');
  expect(text).not.toContain('unix-socket');
});

test.for([
  ['/w/*.env', '/w/a.env', true],
  ['/w/*.env', '/w/d/a.env', false],
  ['/w/**/*.env', '/w/a.env', true],
  ['/w/**/*.env', '/w/d/e/a.env', true],
  ['/w/?[!a]c', '/w/xbc', true],
  ['/w/?[!a]c', '/w/xac', false],
  ['/w/a+(b)', '/w/a+(b)', true],
  ['/w/x.env', '/w/x.env/inner', true],
  ['/w/x.env', '/w/xxenv', false],
] as const)('%s and %s: %s', ([glob, path, expected]) => {
  expect(new RegExp(globRegex(glob), 'u').test(path)).toBe(expected);
});
