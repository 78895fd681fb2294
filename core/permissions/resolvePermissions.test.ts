import { expect, test } from 'vitest';

import {
  accessTo,
  DEFAULT_PERMISSIONS,
  mergePermissions,
  type PermissionGrant,
  permissionsFor,
  type ResolvedPermissions,
  resolvePermissions,
} from './index.ts';

const environment = { environmentId: 'local', cwd: '/ws', runtimeWorkspaceRoots: ['/ws'] };
const machine = { tmpdir: '/var/tmp/me', hasSlashTmp: true, home: '/home/me/.parley' };

const resolved = (profile: string): ResolvedPermissions =>
  resolvePermissions(
    permissionsFor(DEFAULT_PERMISSIONS, { permissions: profile }),
    environment,
    machine,
  );

test('to read only is to read all but the folder with the keys', () => {
  expect(resolved(':read-only')).toEqual({
    files: {
      kind: 'restricted',
      entries: [
        { path: '/', access: 'read' },
        { path: '/home/me/.parley', access: 'deny' },
      ],
      denyGlobs: [],
      protectedPaths: [],
    },
    network: 'restricted',
  });
});

test('a workspace may be written but for the names that others trust', () => {
  const { files, network } = resolved(':workspace');

  expect(network).toBe('restricted');
  expect(
    [
      '/ws/a',
      '/ws/.git/hooks/x',
      '/ws/.parley',
      '/tmp/a',
      '/tmp/.git',
      '/var/tmp/me/a',
      '/etc/a',
    ].map((path) => accessTo(files, path)),
  ).toEqual(['write', 'read', 'read', 'write', 'read', 'write', 'read']);
});

test('full access has no rules', () => {
  expect(resolved(':danger-full-access')).toEqual({
    files: { kind: 'unrestricted' },
    network: 'enabled',
  });
});

const nothing: PermissionGrant = { entries: [], denyGlobs: [], network: 'restricted' };

test('a grant opens what it names and nothing that is denied', () => {
  const { files, network } = mergePermissions(resolved(':workspace'), {
    ...nothing,
    entries: [
      { path: '/srv', access: 'write' },
      { path: '/home/me/.parley/auth.json', access: 'read' },
      { path: '/home/me/.parley', access: 'write' },
    ],
    network: 'enabled',
  });

  expect(network).toBe('enabled');
  expect(accessTo(files, '/srv/a')).toBe('write');
  expect(accessTo(files, '/home/me/.parley/auth.json')).toBe('deny');
  expect(accessTo(files, '/home/me/.parley/other')).toBe('deny');
});

test('patterns without a depth take the depth of the others away', () => {
  const base = resolved(':read-only');
  const bounded = mergePermissions(base, {
    ...nothing,
    denyGlobs: ['/a/*.env'],
    globScanMaxDepth: 3,
  });
  const deeper = mergePermissions(bounded, {
    ...nothing,
    denyGlobs: ['/b/*.env'],
    globScanMaxDepth: 5,
  });
  const unbounded = mergePermissions(deeper, { ...nothing, denyGlobs: ['/c/*.env'] });

  expect([base, bounded, deeper, unbounded].map(({ files }) => files)).toMatchObject([
    { denyGlobs: [] },
    { denyGlobs: ['/a/*.env'], globScanMaxDepth: 3 },
    { denyGlobs: ['/a/*.env', '/b/*.env'], globScanMaxDepth: 5 },
    { denyGlobs: ['/a/*.env', '/b/*.env', '/c/*.env'] },
  ]);
  expect(unbounded.files).not.toHaveProperty('globScanMaxDepth');
});
