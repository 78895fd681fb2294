import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { type RpcProbe, startTestEngine } from '../../testing/index.ts';

const scripts = [[{ events: messageAnswer('Yes.') }]];
const write = (keyPath: string, value: unknown) => ({
  keyPath,
  value,
  mergeStrategy: 'upsert' as const,
});

const FIXED = `allowed_approval_policies = ["untrusted", "on-request"]
allowed_sandbox_modes = ["read-only", "workspace-write"]
enforce_residency = "us"
[features]
fast_mode = false
`;

const featuresOf = async (probe: RpcProbe): Promise<Record<string, boolean>> => {
  const { data } = await probe.call('experimentalFeature/list', {});
  const rows = data as { readonly name: string; readonly enabled: boolean }[];
  return Object.fromEntries(rows.map(({ name, enabled }) => [name, enabled]));
};

describe('what is fixed for this machine', () => {
  test('is told, holds over the settings, and cannot be written against', async () => {
    await using bench = await startTestEngine({
      scripts,
      requirements: FIXED,
      config: 'approval_policy = "never"',
      provider:
        '[profiles.quick]\nmodel_verbosity = "low"\n[features]\nrealtime_conversation = true',
    });
    const requirements = join(bench.systemFolder, 'requirements.toml');
    const file = join(bench.home, 'config.toml');
    const before = await readFile(file, 'utf8');
    const probe = await bench.client({ experimentalApi: false });

    expect(await probe.call('configRequirements/read', null)).toEqual({
      supportsIndependentSpeedModes: true,
      requirements: {
        allowedLoginMethods: ['api'],
        allowedApprovalPolicies: ['untrusted', 'on-request'],
        allowedApprovalsReviewers: null,
        allowedSandboxModes: ['read-only', 'workspace-write'],
        featureRequirements: { fast_mode: false },
      },
    });
    const summaries = probe.all('configWarning').map(({ summary }) => summary);
    expect(summaries).toEqual([
      `${requirements} fixes enforce_residency, which nothing here sees to.`,
      `approvalPolicy never is not allowed by ${requirements}; untrusted is used in its place.`,
    ]);
    expect(await featuresOf(probe)).toMatchObject({
      fast_mode: false,
      realtime_conversation: true,
    });

    for (const edit of [
      write('features.fast_mode', true),
      write('features', { fast_mode: true }),
      write('profiles.quick.features.fast_mode', true),
      write('profiles', { other: { features: { fast_mode: true } } }),
    ]) {
      const { error } = await probe.ask('config/value/write', edit);
      expect(error).toMatchObject({
        code: -32600,
        message: expect.stringContaining(`is fixed off by ${requirements}`) as unknown,
        data: { config_write_error_code: 'configValidationError' },
      });
    }
    const batch = { edits: [write('model', 'x'), write('features.fast_mode', true)] };
    expect(await probe.ask('config/batchWrite', batch)).toHaveProperty('error');
    expect(await readFile(file, 'utf8')).toBe(before);
    await probe.call('config/value/write', write('features.fast_mode', false));
  });

  test('what stood against it before hinders no other change and no conversation', async () => {
    await using bench = await startTestEngine({
      scripts,
      requirements: FIXED,
      provider: '[features]\nfast_mode = true',
    });
    const probe = await bench.client();

    await probe.call('config/value/write', write('model_verbosity', 'low'));
    const again = await probe.ask(
      'config/value/write',
      write('profiles.p.features.fast_mode', true),
    );
    expect(again).toHaveProperty('error');
    await probe.turn(await probe.thread({ config: { 'features.fast_mode': true } }), 'Hi');
    expect(await probe.notification('turn/completed')).toMatchObject({
      turn: { status: 'completed' },
    });
    expect(await featuresOf(probe)).toMatchObject({ fast_mode: false });
    expect(probe.all('configWarning').map(({ summary }) => summary)).toContainEqual(
      expect.stringMatching(/^Feature fast_mode is fixed off by .* has no effect\.$/u),
    );
  });

  test('a client that turns a fixed feature is refused with the reason, another is turned and shown', async () => {
    await using bench = await startTestEngine({ scripts, requirements: FIXED });
    const probe = await bench.client();
    const set = async (enablement: Readonly<Record<string, boolean>>) =>
      probe.ask('experimentalFeature/enablement/set', { enablement });

    expect((await set({ realtime_conversation: false, fast_mode: true })).error).toMatchObject({
      code: -32600,
      message: expect.stringMatching(/^Feature fast_mode is fixed off by /u) as unknown,
    });
    expect(await featuresOf(probe)).toMatchObject({
      fast_mode: false,
      realtime_conversation: true,
    });
    expect(
      (await set({ realtime_conversation: false, fast_mode: false, none: true })).result,
    ).toEqual({
      enablement: { realtime_conversation: false, fast_mode: false },
    });
    expect(await featuresOf(probe)).toMatchObject({
      fast_mode: false,
      realtime_conversation: false,
    });
    await bench.restart();
    expect(await featuresOf(await bench.client())).toMatchObject({ realtime_conversation: true });
  });

  test('a conversation begins within it, and no turn leaves it', async () => {
    await using bench = await startTestEngine({ scripts, requirements: FIXED });
    const probe = await bench.client();
    const started = await probe.call('thread/start', {
      approvalPolicy: 'never',
      sandbox: 'danger-full-access',
    });

    expect(started).toMatchObject({ approvalPolicy: 'untrusted', sandbox: { type: 'readOnly' } });
    const told = probe.all('configWarning').map(({ summary }) => summary);
    expect(told).toContainEqual(expect.stringMatching(/^approvalPolicy never is not allowed by /u));
    expect(told).toContainEqual(expect.stringMatching(/^sandboxPolicy danger-full-access is not/u));
    const { id: threadId } = started['thread'] as { readonly id: string };
    for (const [method, params] of [
      ['thread/settings/update', { threadId, approvalPolicy: 'never' }],
      ['thread/settings/update', { threadId, permissions: ':danger-full-access' }],
      ['turn/start', { threadId, sandboxPolicy: { type: 'dangerFullAccess' }, input: [] }],
      ['command/exec', { command: ['true'], sandboxPolicy: { type: 'dangerFullAccess' } }],
      ['command/exec', { command: ['true'], permissionProfile: ':danger-full-access' }],
    ] as const) {
      expect((await probe.ask(method, params)).error?.message).toMatch(
        / is not allowed by .*toml$/u,
      );
    }
    await probe.call('thread/settings/update', { threadId, approvalPolicy: 'on-request' });
    const { data } = await probe.call('permissionProfile/list', {});
    expect(data).toMatchObject([
      { id: ':read-only', allowed: true },
      { id: ':workspace', allowed: true },
      { id: ':danger-full-access', allowed: false },
    ]);
  });

  test('where voice is fixed off, text goes on and a voice session is refused with the reason', async () => {
    await using bench = await startTestEngine({
      scripts,
      requirements: '[features]\nrealtime_conversation = false',
    });
    const probe = await bench.client();
    const threadId = await probe.thread();
    const { error } = await probe.ask('thread/realtime/start', {
      threadId,
      outputModality: 'audio',
    });

    expect(error).toMatchObject({ code: -32600 });
    expect(error?.message).toBe(
      `thread ${threadId} does not support realtime conversation: Feature realtime_conversation ` +
        `is fixed off by ${join(bench.systemFolder, 'requirements.toml')}`,
    );
    await probe.turn(threadId, 'Hi');
    expect(await probe.notification('turn/completed')).toMatchObject({
      turn: { status: 'completed' },
    });
  });

  test('the list of features comes in pages, the last of which says so', async () => {
    await using bench = await startTestEngine();
    const probe = await bench.client({ experimentalApi: false });
    const first = await probe.call('experimentalFeature/list', { limit: 1 });
    const none = await probe.call('experimentalFeature/list', { limit: 0 });

    expect(first['data']).toHaveLength(1);
    expect(none).toEqual(first);
    const cursor = String(first['nextCursor']);
    const last = await probe.call('experimentalFeature/list', { cursor, limit: 100 });
    expect(last['nextCursor']).toBe(null);
    const names = [first, last]
      .flatMap(({ data }) => data as { name: string }[])
      .map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['realtime_conversation', 'fast_mode', 'request_permissions_tool']),
    );
    expect(new Set(names).size).toBe(names.length);
    const { error } = await probe.ask('experimentalFeature/list', { cursor: 'x' });
    expect(error).toEqual({ code: -32600, message: 'invalid cursor: x' });
  });

  test('a file that cannot be used stops conversations and changes of settings, in words with its place', async () => {
    await using bench = await startTestEngine({
      scripts,
      requirements: '[features]\nfast_mode = 1',
    });
    const requirements = join(bench.systemFolder, 'requirements.toml');
    const probe = await bench.client();
    const words = `${requirements}:2:13: features.fast_mode must be true or false, not a whole number.`;

    expect(await probe.notification('configWarning')).toMatchObject({ details: words });
    const { error } = await probe.ask('thread/start', {});
    expect(error?.message).toBe(`failed to load configuration: ${words}`);
    const refused = await probe.ask('config/value/write', write('model', 'x'));
    expect(refused.error?.message).toContain(requirements);
    await writeFile(requirements, '[features]\nfast_mode = false');
    await probe.thread();
    await rm(requirements);
    expect(await probe.call('configRequirements/read', {})).toMatchObject({ requirements: null });
    expect(await featuresOf(probe)).toMatchObject({ fast_mode: true });
  });
});
