import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { loadConfig, NO_REQUIREMENTS } from '../config/index.ts';
import {
  accessTo,
  configuredPermissions,
  permissionsFor,
  type RestrictedFiles,
  resolvePermissions,
  startingPermissions,
} from './index.ts';

const environment = { environmentId: 'local', cwd: '/ws', runtimeWorkspaceRoots: ['/ws'] };
const machine = { tmpdir: '/var/tmp/me', hasSlashTmp: true, home: '/keys' };

function read(toml: string) {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'profiles-'));
  writeFileSync(join(folder.path, 'config.toml'), toml);
  return loadConfig({ home: folder.path });
}

/** What a turn may touch with the profile `p`, which the lines are of. */
function filesOf(lines: string, at = environment): RestrictedFiles {
  const { config } = read(`default_permissions = "p"\n${lines}`);
  const { files } = resolvePermissions(configuredPermissions(config), at, machine);
  if (files.kind !== 'restricted') throw new Error(`The files are ${files.kind}`);
  return files;
}

const access = (files: RestrictedFiles, ...paths: readonly string[]): readonly string[] =>
  paths.map((path) => accessTo(files, path));

const READING = '[permissions.p.filesystem]\n":root" = "read"\n';
const WORK = '[permissions.p.filesystem.":workspace_roots"]\n';

test('a profile says of each place what may be done there', () => {
  const files = filesOf(
    `${READING}glob_scan_max_depth = 3\n"~/notes" = "write"\n"/srv/**" = "write"\n"/srv/keys" = "none"\n` +
      `"/srv/**/*.pem" = "deny"\n${WORK}"." = "write"\n"**/*.env" = "deny"\n"sub" = "read"\n`,
  );

  expect(files.globScanMaxDepth).toBe(3);
  expect(files.denyGlobs).toEqual(['/srv/**/*.pem', '/ws/**/*.env']);
  expect(
    access(
      files,
      '/etc/passwd',
      join(homedir(), 'notes', 'a'),
      '/srv/a',
      '/srv/keys/a',
      '/srv/deep/a.pem',
      '/ws/a',
      '/ws/sub/a',
      '/ws/.env',
      '/tmp/a',
      '/keys/auth.json',
    ),
  ).toEqual(['read', 'write', 'write', 'deny', 'deny', 'write', 'read', 'deny', 'read', 'deny']);
});

test('the places of a profile are those of the turn', () => {
  const lines =
    '[permissions.p]\nworkspace_roots = { "/shared" = true, "/old" = false }\n' +
    `${READING}":tmpdir" = "write"\n":cwd" = "write"\n${WORK}"out" = "write"\n"*.key" = "deny"\n`;
  const at = { environmentId: 'local', cwd: '/a/in', runtimeWorkspaceRoots: ['/a', '/b[1]'] };
  const files = filesOf(lines, at);

  expect(
    access(files, '/a/in/x', '/a/out/x', '/b[1]/out/x', '/shared/out/x', '/old/out', '/a/x'),
  ).toEqual(['write', 'write', 'write', 'write', 'read', 'read']);
  expect(access(files, '/b[1]/my.key', '/b1/my.key', '/var/tmp/me/x')).toEqual([
    'deny',
    'read',
    'write',
  ]);
});

test('the folder with the keys is open to a profile that names it, and to no other', () => {
  expect(access(filesOf(READING), '/keys/auth.json')).toEqual(['deny']);
  expect(access(filesOf(`${READING}"/keys" = "read"\n`), '/keys/auth.json')).toEqual(['read']);
});

test('a profile adds to what it is made from, replaces the same place and keeps its denials', () => {
  const files = filesOf(
    '[permissions.p]\nextends = "base"\n[permissions.p.filesystem]\n"/tmp/p" = "write"\n"/opt" = "read"\n' +
      '[permissions.base]\nextends = ":workspace"\n[permissions.base.filesystem]\n"/opt" = "deny"\n"/secret" = "deny"\n' +
      '[permissions.base.filesystem.":workspace_roots"]\n"sub/*.key" = "deny"\n',
  );

  expect(
    access(files, '/ws/a', '/ws/sub/a.key', '/tmp/p/a', '/opt/a', '/secret/a', '/etc/a'),
  ).toEqual(['write', 'deny', 'write', 'read', 'deny', 'read']);
});

test('a profile with no place is closed, and that is said', () => {
  const { config } = read('default_permissions = "p"\n[permissions.p]\n');
  const { permissions, warnings } = startingPermissions(config, NO_REQUIREMENTS);

  expect(accessTo(resolvePermissions(permissions, environment, machine).files, '/etc/a')).toBe(
    'deny',
  );
  expect(warnings).toEqual([expect.stringContaining('names no file that may be read')]);
});

test('a place from another version is passed over, and that is said', () => {
  const { config } = read(
    `default_permissions = "p"\n${READING}":moon" = "write"\n[permissions.p.filesystem.":sun"]\n"x" = "write"\n`,
  );
  const { permissions, warnings } = startingPermissions(config, NO_REQUIREMENTS);

  expect(resolvePermissions(permissions, environment, machine).files).toMatchObject({
    entries: [
      { path: '/', access: 'read' },
      { path: '/keys', access: 'deny' },
    ],
  });
  expect(warnings).toEqual([expect.stringContaining('`:moon`'), expect.stringContaining('`:sun`')]);
});

describe('what a profile cannot say is refused when it is chosen', () => {
  test.for([
    [
      '[permissions.p.filesystem]\nglob_scan_max_depth = 0',
      'glob_scan_max_depth must be at least 1',
    ],
    [
      '[permissions.p.filesystem]\n"/x/**/*.a" = "write"',
      'filesystem glob path `/x/**/*.a` only supports `deny` access; use an exact path or trailing `/**` for `write` subtree access',
    ],
    [
      `${WORK}"**" = "write"`,
      'filesystem glob path `**` only supports `deny` access; use an exact path or trailing `/**` for `write` subtree access',
    ],
    [
      `${WORK}"b*" = "read"`,
      'filesystem glob path `b*` only supports `deny` access; use an exact path or trailing `/**` for `read` subtree access',
    ],
    [
      `${WORK}"../x" = "write"`,
      'filesystem subpath `../x` must be a descendant path without `.` or `..` components',
    ],
    [
      `${WORK}"/etc" = "write"`,
      'filesystem subpath `/etc` must be a descendant path without `.` or `..` components',
    ],
    [
      '[permissions.p.filesystem]\n"rel/x" = "read"',
      'filesystem path `rel/x` must be absolute, use `~/...`, or start with `:`',
    ],
    [
      '[permissions.p.filesystem.":tmpdir"]\n"x" = "write"',
      'filesystem path `:tmpdir` does not support nested entries',
    ],
    ['[permissions.p]\nextends = "p"', 'permissions profile inheritance cycle detected: p -> p'],
    [
      '[permissions.p]\nextends = ":x"\n[permissions.":x"]',
      'permissions profile `:x` uses a reserved built-in profile prefix',
    ],
    // Nobody could say in time what that matches.
    [
      '[permissions.p.filesystem]\n"/**/*.env" = "deny"',
      'filesystem glob path `/**/*.env` begins at the root',
    ],
  ] as const)('%s', ([lines, words]) => {
    expect(() => filesOf(lines)).toThrow(words);
  });

  test('and one that nobody chooses hinders nobody', () => {
    const files = filesOf(
      `${READING}[permissions.q]\nextends = "p"\n[permissions.q.filesystem]\n"rel" = "read"\n`,
    );

    expect(access(files, '/etc/a')).toEqual(['read']);
  });

  test('a word that is no access is refused with the others', () => {
    expect(() => read('[permissions.p.filesystem]\n"/x" = "rw"')).toThrow(
      'must be one of "read", "write", "deny", "none", not "rw"',
    );
  });
});

test('an access of another version, `none`, is that of today, `deny`', () => {
  expect(filesOf(`${READING}"/a" = "none"\n`)).toEqual(filesOf(`${READING}"/a" = "deny"\n`));
});

const networkOf = (lines: string) => {
  const { config } = read(`default_permissions = "p"\n${READING}${lines}`);
  const { permissions, warnings } = startingPermissions(config, NO_REQUIREMENTS);
  return { network: resolvePermissions(permissions, environment, machine).network, warnings };
};

describe('the network', () => {
  test('is closed unless a profile opens it', () => {
    expect(networkOf('')).toEqual({ network: 'restricted', warnings: [] });
    expect(networkOf('[permissions.p.network]\nenabled = true\n')).toEqual({
      network: 'enabled',
      warnings: [],
    });
  });

  test('stays closed where it is opened for some hosts only, as long as nothing can see to that', () => {
    expect(
      networkOf(
        '[permissions.p.network]\nenabled = true\n[permissions.p.network.domains]\n"example.com" = "allow"\n',
      ),
    ).toEqual({ network: 'restricted', warnings: [expect.stringContaining('some hosts only')] });
  });

  test('is taken over from what the profile is made from, field by field', () => {
    expect(
      networkOf(
        '[permissions.p]\nextends = "base"\n[permissions.base.network]\nenabled = true\n' +
          '[permissions.p.network.domains]\n"*" = "allow"\n',
      ).network,
    ).toBe('enabled');
  });
});

describe('another mode closes nothing less', () => {
  const { config } = read(
    `default_permissions = "p"\n${READING}glob_scan_max_depth = 2\n"/secret" = "deny"\n${WORK}"." = "write"\n"*.env" = "deny"\n` +
      '[permissions.q.filesystem]\n":root" = "read"\n',
  );
  const changed = (asked: Parameters<typeof permissionsFor>[1]) =>
    resolvePermissions(permissionsFor(configuredPermissions(config), asked), environment, machine)
      .files;

  test.for([
    { sandboxPolicy: { type: 'readOnly', networkAccess: false } },
    { sandbox: 'workspace-write' },
    { permissions: ':workspace' },
  ] as const)('%j', (asked) => {
    const files = changed(asked);

    expect(files).toMatchObject({ denyGlobs: ['/ws/*.env'], globScanMaxDepth: 2 });
    expect([accessTo(files, '/secret/a'), accessTo(files, '/ws/.env')]).toEqual(['deny', 'deny']);
  });

  test('but full access is full access, and a profile of one’s own says all that is meant', () => {
    expect(changed({ permissions: ':danger-full-access' })).toEqual({ kind: 'unrestricted' });
    expect(accessTo(changed({ permissions: 'q' }), '/secret/a')).toBe('read');
  });
});
