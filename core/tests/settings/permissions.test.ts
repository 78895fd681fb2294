import { expect, test } from 'vitest';

import { startTestEngine } from '../../testing/index.ts';

const readingOnly = { type: 'readOnly', networkAccess: false };
const workspaceWrite = {
  type: 'workspaceWrite',
  writableRoots: [],
  networkAccess: false,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
};
const input = [{ type: 'text', text: 'Hi' }];

test('who says nothing about permissions is told that people are asked and nothing is written', async () => {
  await using bench = await startTestEngine({});
  const probe = await bench.client();

  expect(await probe.call('thread/start', {})).toMatchObject({
    approvalPolicy: 'on-request',
    approvalsReviewer: 'user',
    sandbox: readingOnly,
    activePermissionProfile: { id: ':read-only', extends: null },
  });
});

test('the settings file speaks for all threads, a request for its own', async () => {
  await using bench = await startTestEngine({
    config: 'approval_policy = "never"\napprovals_reviewer = "auto_review"',
  });
  const probe = await bench.client();

  expect(await probe.call('thread/start', {})).toMatchObject({
    approvalPolicy: 'never',
    approvalsReviewer: 'auto_review',
  });
  expect(await probe.call('thread/start', { approvalPolicy: 'on-failure' })).toMatchObject({
    approvalPolicy: 'on-request',
    approvalsReviewer: 'auto_review',
  });
});

test('what is in force is told: a mode, a profile, what a profile of one’s own says', async () => {
  await using bench = await startTestEngine({
    config: `
      [permissions.mine]
      extends = ":workspace"
      [permissions.mine.filesystem]
      "/srv" = "write"
      "/srv/keys" = "deny"
      [permissions.mine.network]
      enabled = true
    `,
  });
  const probe = await bench.client();

  expect(await probe.call('thread/start', { sandbox: 'danger-full-access' })).toMatchObject({
    sandbox: { type: 'dangerFullAccess' },
    activePermissionProfile: null,
  });
  expect(await probe.call('thread/start', { permissions: ':workspace' })).toMatchObject({
    sandbox: workspaceWrite,
    activePermissionProfile: { id: ':workspace', extends: null },
  });
  expect(await probe.call('thread/start', { permissions: 'mine' })).toMatchObject({
    sandbox: { ...workspaceWrite, writableRoots: ['/srv'], networkAccess: true },
    activePermissionProfile: { id: 'mine', extends: ':workspace' },
  });
});

test('what a chosen profile says amiss is refused in its words, and what is odd in it is told', async () => {
  await using bench = await startTestEngine({
    config: `
      [permissions.faulty.filesystem]
      glob_scan_max_depth = 0
      [permissions.odd.filesystem]
      ":root" = "read"
      ":moon" = "write"
    `,
  });
  const probe = await bench.client();
  const { error } = await probe.ask('thread/start', { permissions: 'faulty' });

  expect(error).toMatchObject({
    code: -32600,
    message: expect.stringContaining('glob_scan_max_depth must be at least 1'),
  });
  await probe.call('thread/start', { permissions: 'odd' });
  expect(probe.all('configWarning')).toEqual([
    { summary: expect.stringContaining('`:moon`'), details: null },
  ]);
});

test('a policy that a turn brings stays, and is told once', async () => {
  await using bench = await startTestEngine({});
  const probe = await bench.client();
  const threadId = await probe.thread();
  for (let turn = 1; turn <= 2; turn += 1) {
    await probe.call('turn/start', {
      threadId,
      input: [{ type: 'text', text: 'Hi' }],
      approvalPolicy: 'never',
      sandboxPolicy: { type: 'workspaceWrite' },
    });
    await probe.notification('turn/completed', turn);
  }

  expect(probe.all('thread/settings/updated')).toEqual([
    expect.objectContaining({
      threadSettings: expect.objectContaining({
        approvalPolicy: 'never',
        sandboxPolicy: workspaceWrite,
        activePermissionProfile: null,
      }),
    }),
  ]);
});

test.for<{ name: string; method: string; params: object; words: string }>([
  {
    name: 'a profile beside a sandbox',
    method: 'thread/start',
    params: { sandbox: 'read-only', permissions: ':workspace' },
    words: '`permissions` cannot be combined with `sandbox`',
  },
  {
    name: 'a profile that nobody made',
    method: 'thread/start',
    params: { permissions: 'mine' },
    words: 'default_permissions requires a `[permissions]` table',
  },
  {
    name: 'a policy there is not',
    method: 'thread/start',
    params: { approvalPolicy: 'sometimes' },
    words: 'approvalPolicy',
  },
  {
    name: 'a sandbox there is not',
    method: 'turn/start',
    params: { input, sandboxPolicy: { type: 'leaky' } },
    words: 'sandboxPolicy',
  },
  {
    name: 'a writable root that means another folder for everybody',
    method: 'turn/start',
    params: { input, sandboxPolicy: { type: 'workspaceWrite', writableRoots: ['here'] } },
    words: 'writable root `here` must be absolute',
  },
])('$name is refused in words, and nothing starts', async ({ method, params, words }) => {
  await using bench = await startTestEngine({});
  const probe = await bench.client();
  const threadId = await probe.thread();
  const { error } = await probe.ask(method, { threadId, ...params });

  expect(error).toMatchObject({ code: -32600, message: expect.stringContaining(words) });
  expect(probe.all('turn/started')).toEqual([]);
});

test('a granular policy needs the experimental protocol, and is told as it was given', async () => {
  const approvalPolicy = {
    granular: { sandbox_approval: true, rules: true, mcp_elicitations: false },
  };
  await using bench = await startTestEngine({});
  const plain = await bench.client({ experimentalApi: false });
  const { error } = await plain.ask('thread/start', { approvalPolicy });
  expect(error?.message).toBe('askForApproval.granular requires experimentalApi capability');

  const probe = await bench.client();
  expect(await probe.call('thread/start', { approvalPolicy })).toMatchObject({ approvalPolicy });
});
