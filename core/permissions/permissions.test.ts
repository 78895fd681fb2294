import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { loadConfig } from '../config/index.ts';
import type { SandboxPolicy } from '../protocol/index.ts';
import {
  configuredPermissions,
  type DescribedPermissions,
  describePermissions,
  type PermissionRequest,
  type Permissions,
  permissionsFor,
} from './index.ts';

/** The permissions of a settings file. */
function configured(toml = ''): Permissions {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'permissions-'));
  writeFileSync(join(folder.path, 'config.toml'), toml);
  return configuredPermissions(loadConfig({ home: folder.path }).config);
}

/** As clients are told of it, of a thread that works in `/ws`. */
const described = (permissions: Permissions): DescribedPermissions =>
  describePermissions(permissions, {
    cwd: '/ws',
    environments: [{ environmentId: 'local', cwd: '/ws', runtimeWorkspaceRoots: ['/ws'] }],
  });

const workspaceWrite: SandboxPolicy & { type: 'workspaceWrite' } = {
  type: 'workspaceWrite',
  writableRoots: [],
  networkAccess: false,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
};

describe('what the settings file says', () => {
  test.for<{ name: string; toml: string; is: Partial<DescribedPermissions> }>([
    {
      name: 'nothing means reading only, and asking a person',
      toml: '',
      is: {
        approvalPolicy: 'on-request',
        approvalsReviewer: 'user',
        sandboxPolicy: { type: 'readOnly', networkAccess: false },
        activePermissionProfile: { id: ':read-only', extends: null },
      },
    },
    {
      name: 'on-failure is read as on-request, and the reviewer by its older name',
      toml: 'approval_policy = "on-failure"\napprovals_reviewer = "guardian_subagent"',
      is: { approvalPolicy: 'on-request', approvalsReviewer: 'auto_review' },
    },
    {
      name: 'a granular policy is taken whole',
      toml: '[approval_policy.granular]\nsandbox_approval = true\nrules = false\nmcp_elicitations = true',
      is: {
        approvalPolicy: {
          granular: {
            sandbox_approval: true,
            rules: false,
            skill_approval: false,
            request_permissions: false,
            mcp_elicitations: true,
          },
        },
      },
    },
    {
      name: 'a workspace that may be written to, its roots sorted and named once',
      toml:
        'sandbox_mode = "workspace-write"\n[sandbox_workspace_write]\n' +
        'writable_roots = ["/b", "/a", "/b"]\nnetwork_access = true\nexclude_slash_tmp = true',
      is: {
        sandboxPolicy: {
          ...workspaceWrite,
          writableRoots: ['/a', '/b'],
          networkAccess: true,
          excludeSlashTmp: true,
        },
        activePermissionProfile: null,
      },
    },
    {
      name: 'a profile counts before a mode',
      toml: 'sandbox_mode = "danger-full-access"\ndefault_permissions = ":workspace"',
      is: {
        sandboxPolicy: workspaceWrite,
        activePermissionProfile: { id: ':workspace', extends: null },
      },
    },
    {
      name: 'a profile of one’s own is what it is made from',
      toml:
        'default_permissions = "mine"\n[permissions.mine]\nextends = "base"\n' +
        '[permissions.base]\nextends = ":workspace"',
      is: {
        sandboxPolicy: workspaceWrite,
        activePermissionProfile: { id: 'mine', extends: 'base' },
      },
    },
    {
      name: 'a profile of one’s own that is made from none is what it says',
      toml: 'default_permissions = "mine"\n[permissions.mine.filesystem]\n":root" = "read"\n"/srv" = "write"',
      is: {
        sandboxPolicy: {
          ...workspaceWrite,
          writableRoots: ['/srv'],
          excludeTmpdirEnvVar: true,
          excludeSlashTmp: true,
        },
        activePermissionProfile: { id: 'mine', extends: null },
      },
    },
  ])('$name', ({ toml, is }) => {
    expect(described(configured(toml))).toMatchObject(is);
  });

  test.for([
    ['default_permissions = "mine"', 'default_permissions requires a `[permissions]` table'],
    [
      'default_permissions = ":nope"',
      'default_permissions refers to unknown built-in profile `:nope`',
    ],
    [
      'default_permissions = "mine"\n[permissions.p]',
      'default_permissions refers to undefined profile `mine`',
    ],
    [
      'default_permissions = "p"\n[permissions.p]\nextends = "q"\n[permissions.q]\nextends = "p"',
      'permissions profile inheritance cycle detected: p -> q -> p',
    ],
    [
      'default_permissions = "p"\n[permissions.p]\nextends = ":danger-full-access"',
      'permissions profile `p` cannot extend unsupported built-in profile `:danger-full-access`',
    ],
    [
      'approval_policy = "sometimes"',
      'approval_policy must be one of "untrusted", "on-request", "on-failure", "never", not "sometimes"',
    ],
    [
      '[approval_policy.granular]\nrules = 1',
      'approval_policy is no such table: granular.sandbox_approval is wrong or missing',
    ],
    ['sandbox_mode = "writable"', 'sandbox_mode'],
  ] as const)('%s is refused in words', ([toml, words]) => {
    expect(() => configured(toml)).toThrow(words);
  });
});

describe('what a request says', () => {
  test.for<{ name: string; asked: PermissionRequest; is: Partial<DescribedPermissions> }>([
    {
      name: 'nothing leaves everything as it is',
      asked: { approvalPolicy: null, sandbox: null, sandboxPolicy: undefined },
      is: { approvalPolicy: 'never', sandboxPolicy: workspaceWrite },
    },
    {
      name: 'a policy leaves the sandbox as it is',
      asked: { approvalPolicy: 'untrusted' },
      is: { approvalPolicy: 'untrusted', sandboxPolicy: workspaceWrite },
    },
    {
      name: 'a sandbox of its own comes from no profile',
      asked: { sandboxPolicy: { type: 'externalSandbox', networkAccess: 'enabled' } },
      is: {
        approvalPolicy: 'never',
        sandboxPolicy: { type: 'externalSandbox', networkAccess: 'enabled' },
        activePermissionProfile: null,
      },
    },
    {
      name: 'a profile brings its sandbox',
      asked: { permissions: ':danger-full-access' },
      is: {
        sandboxPolicy: { type: 'dangerFullAccess' },
        activePermissionProfile: { id: ':danger-full-access', extends: null },
      },
    },
  ])('$name', ({ asked, is }) => {
    const before = configured('approval_policy = "never"\ndefault_permissions = ":workspace"');
    expect(described(permissionsFor(before, asked))).toMatchObject(is);
  });

  test('a profile and a sandbox at once are refused', () => {
    expect(() =>
      permissionsFor(configured(), { sandbox: 'read-only', permissions: ':workspace' }),
    ).toThrow('`permissions` cannot be combined with `sandbox`');
  });
});

test('clients are told of what is in force', () => {
  const permissions = permissionsFor(configured(), {
    approvalPolicy: 'never',
    sandbox: 'danger-full-access',
  });

  expect(described(permissions)).toEqual({
    approvalPolicy: 'never',
    approvalsReviewer: 'user',
    sandboxPolicy: { type: 'dangerFullAccess' },
    activePermissionProfile: null,
  });
});
