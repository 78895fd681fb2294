import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { startTestEngine } from '../../testing/index.ts';

// What codex's own terminal and the editors' adapter ask before they show anything: refused, they end.

const apiKey = { type: 'apiKey' };
const read = (account: unknown, requiresOpenaiAuth: boolean): object => ({
  account,
  userId: null,
  requiresOpenaiAuth,
  workspaceRouting: null,
});

describe('account/read', () => {
  test.for([
    { name: 'the built-in provider', modelProvider: 'practice', told: read(null, false) },
    { name: 'a provider with a key of its own', told: read(null, false) },
    { name: 'OpenAI without a key', modelProvider: 'openai', told: read(null, true) },
    {
      name: 'OpenAI with a key in the environment',
      modelProvider: 'openai',
      env: { OPENAI_API_KEY: 'sk-environment' },
      told: read(apiKey, true),
    },
    {
      name: 'OpenAI with a stored key',
      modelProvider: 'openai',
      auth: '{"OPENAI_API_KEY":"sk-stored"}',
      told: read(apiKey, true),
    },
    {
      name: 'OpenAI with a sign-in that cannot be used here',
      modelProvider: 'openai',
      auth: '{"auth_mode":"chatgpt","tokens":{"access_token":"made-up"}}',
      told: read(null, true),
    },
    {
      name: "a server of one's own in OpenAI's place",
      modelProvider: 'openai',
      config: 'openai_base_url = "http://127.0.0.1:9/v1"',
      told: read(null, false),
    },
  ])('$name', async ({ auth, told, name: _name, ...options }) => {
    await using bench = await startTestEngine(options);
    if (auth !== undefined) {
      await writeFile(join(bench.home, 'auth.json'), auth, { mode: 0o600 });
    }
    const probe = await bench.client({ experimentalApi: false });

    expect(await probe.call('account/read', { refreshToken: true })).toEqual(told);
    expect(JSON.stringify(probe.messages)).not.toMatch(/sk-|made-up/u);
  });

  test('settings and keys that cannot be read are told as they are', async () => {
    await using bench = await startTestEngine({});
    const probe = await bench.client();
    const path = join(bench.home, 'config.toml');
    await writeFile(path, 'model = "');

    expect((await probe.ask('account/read', {})).error?.message).toMatch(
      /^failed to load configuration: .*config\.toml/u,
    );
    await writeFile(path, 'model_provider = "practice"');
    expect(await probe.call('account/read', {})).toEqual(read(null, false));
    await writeFile(path, 'model_provider = "openai"');
    await writeFile(join(bench.home, 'auth.json'), 'sk-no-json');
    const { error } = await probe.ask('account/read', {});
    expect(error?.message).toMatch(/auth\.json is not valid JSON; sign in again or delete it\.$/u);
    expect(error?.message).not.toContain('sk-no-json');
  });
});

test.for([{ params: undefined }, { params: null }, { params: {} }])(
  'nobody has fixed any setting for this machine, asked with params $params',
  async ({ params }) => {
    await using bench = await startTestEngine({});
    const probe = await bench.client({ experimentalApi: false });

    expect((await probe.ask('configRequirements/read', params)).result).toEqual({
      supportsIndependentSpeedModes: true,
      requirements: null,
    });
  },
);

test('requests that need params are still refused without', async () => {
  await using bench = await startTestEngine({});
  const probe = await bench.client();

  for (const method of ['account/read', 'permissionProfile/list', 'thread/realtime/listVoices']) {
    expect((await probe.ask(method)).error?.message).toBe(
      'Invalid request: missing field `params`',
    );
  }
});

const folder = (cwd: string): object => ({ cwd, skills: [], errors: [] });
const hooks = (cwd: string): object => ({ cwd, hooks: [], warnings: [], errors: [] });

test('every folder is without skills and hooks, the one of the engine where none is named', async () => {
  await using bench = await startTestEngine({});
  const probe = await bench.client({ experimentalApi: false });

  expect(await probe.call('skills/list', { cwds: ['/a', '/b'], forceReload: true })).toEqual({
    data: [folder('/a'), folder('/b')],
  });
  expect(await probe.call('skills/list', {})).toEqual({ data: [folder(bench.home)] });
  expect(await probe.call('hooks/list', { cwds: ['/a', '/b'] })).toEqual({
    data: [hooks('/a'), hooks('/b')],
  });
  expect(await probe.call('hooks/list', { threadId: null })).toEqual({
    data: [hooks(bench.home)],
  });
});

const row = (id: string, description: string | null = null): object => ({
  id,
  description,
  allowed: true,
});

test("permission profiles are listed page by page, the built-in ones before the person's own", async () => {
  await using bench = await startTestEngine({
    provider:
      '[permissions.mine]\nextends = ":workspace"\ndescription = "My own"\n[permissions.base]',
  });
  const probe = await bench.client({ experimentalApi: false });

  expect(await probe.call('permissionProfile/list', { limit: 4, cwd: '/nowhere' })).toEqual({
    data: [row(':read-only'), row(':workspace'), row(':danger-full-access'), row('base')],
    nextCursor: '4',
  });
  expect(await probe.call('permissionProfile/list', { cursor: '4' })).toEqual({
    data: [row('mine', 'My own')],
    nextCursor: null,
  });
  expect((await probe.ask('permissionProfile/list', { cursor: 'x' })).error?.message).toBe(
    'invalid cursor: x',
  );
});
