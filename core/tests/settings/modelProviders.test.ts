import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { startTestEngine } from '../../testing/index.ts';

const PROVIDERS = `[model_providers.a]
base_url = "https://made-up:made-up@example.com/v1"
env_key = "A_KEY"
[model_providers.b]
name = "B"
base_url = "http://127.0.0.1:9/v1"
`;

test('the providers are listed without a secret, and one is chosen for what comes', async () => {
  await using bench = await startTestEngine({ provider: PROVIDERS });
  const probe = await bench.client({ experimentalApi: false });
  const list = await probe.call('modelProvider/list', {});

  expect(list).toMatchObject({
    data: [
      {
        id: 'a',
        baseUrl: null,
        settings: { auth: { mode: 'environmentVariable', envKey: 'A_KEY' } },
      },
      {
        id: 'b',
        name: 'B',
        baseUrl: 'http://127.0.0.1:9/v1',
        settings: { auth: { mode: 'none' } },
      },
      { id: 'scripted', settings: { auth: { mode: 'externallyConfigured', envKey: null } } },
      { id: 'openai', name: 'OpenAI', settings: { type: 'openai' } },
      { id: 'practice' },
    ],
    defaultProviderId: 'scripted',
    canChangeDefault: true,
  });
  expect(JSON.stringify(list)).not.toMatch(/made-up|sk-test/u);
  expect(await probe.call('modelProvider/default/set', { providerId: 'b' })).toMatchObject({
    status: 'ok',
    filePath: join(bench.home, 'config.toml'),
    overriddenMetadata: null,
  });
  expect(await probe.call('modelProvider/list', {})).toMatchObject({ defaultProviderId: 'b' });
  expect(await probe.call('thread/start', {})).toMatchObject({ modelProvider: 'b' });
});

test('a provider that nobody configured is not chosen, and the file stays', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const file = join(bench.home, 'config.toml');
  const before = await readFile(file, 'utf8');
  const { error } = await probe.ask('modelProvider/default/set', { providerId: 'nobody' });

  expect(error).toMatchObject({
    code: -32600,
    message: expect.stringContaining('"nobody" is not defined') as unknown,
    data: { config_write_error_code: 'configValidationError' },
  });
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('a client that resumes with the provider that config/read tells stays with it where no file names one', async () => {
  await using bench = await startTestEngine();
  const first = await bench.client();
  await first.call('config/value/write', {
    keyPath: 'model_provider',
    value: null,
    mergeStrategy: 'replace',
  });
  const { defaultProviderId } = await first.call('modelProvider/list', {});
  const threadId = await first.thread();
  await first.turn(threadId, 'Hi');

  await bench.restart();
  const later = await bench.client();
  const { config, origins } = await later.call('config/read', {});
  expect(config).toMatchObject({ model_provider: defaultProviderId });
  expect(origins).not.toHaveProperty('model_provider');
  expect(
    await later.call('thread/resume', {
      threadId,
      modelProvider: String(defaultProviderId),
    }),
  ).toMatchObject({ modelProvider: defaultProviderId });
});

test('config/read answers where it cannot be said which provider is used', async () => {
  await using bench = await startTestEngine({ provider: '' });
  const probe = await bench.client();
  await writeFile(join(bench.home, 'config.toml'), 'openai_base_url = "no address"\n');
  expect((await probe.ask('modelProvider/list', {})).error).toBeDefined();
  expect((await probe.call('config/read', {}))['config']).toMatchObject({
    model_provider: null,
    openai_base_url: 'no address',
  });
});

test('models are listed of another provider than the one in use, and one that is none is refused', async () => {
  await using bench = await startTestEngine({ provider: PROVIDERS });
  const probe = await bench.client();
  const list = await probe.call('model/list', { modelProvider: 'practice' });

  expect(list).toMatchObject({ modelProvider: 'practice' });
  // The model of the settings is one of the other provider.
  expect(JSON.stringify(list)).not.toContain('test-model');
  expect(await probe.call('modelProvider/list', {})).toMatchObject({
    defaultProviderId: 'scripted',
  });
  const { error } = await probe.ask('model/list', { modelProvider: 'nobody' });
  expect(error).toMatchObject({
    code: -32600,
    message: expect.stringContaining('"nobody" is not defined') as unknown,
  });
});
