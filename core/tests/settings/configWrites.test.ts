import { chmod, mkdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { startTestEngine } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const scripts = [[{ events: messageAnswer('Yes.') }]];
const write = (
  keyPath: string,
  value: unknown,
): { [name: string]: unknown } & {
  keyPath: string;
  value: unknown;
  mergeStrategy: 'replace';
} => ({ keyPath, value, mergeStrategy: 'replace' });

test('Fast is written to the file, keeps its comments, and is on after a restart', async () => {
  await using bench = await startTestEngine({
    scripts,
    config: '# dear to me\nmodel_verbosity = "low"',
  });
  const file = join(bench.home, 'config.toml');
  const before = await readFile(file, 'utf8');
  const probe = await bench.client();
  const written = await probe.call('config/value/write', write('service_tier', 'fast'));
  expect(written).toMatchObject({
    status: 'ok',
    filePath: file,
    version: expect.stringMatching(/^sha256:[\da-f]{64}$/u),
    overriddenMetadata: null,
  });
  const after = await readFile(file, 'utf8');
  expect(after.replace('service_tier = "fast"\n', '')).toBe(before);

  await bench.restart();
  const later = await bench.client();
  expect((await later.call('config/read', {}))['config']).toMatchObject({ service_tier: 'fast' });
  const threadId = await later.thread({ model: 'gpt-5.5' });
  await later.turn(threadId, 'Hi');
  expect((await bench.upstream.request(1)).body).toMatchObject({ service_tier: 'priority' });

  await later.call('config/value/write', write('service_tier', null));
  expect(await readFile(file, 'utf8')).toBe(before);
  await later.turn(await later.thread({ model: 'gpt-5.5' }), 'Hi');
  expect((await bench.upstream.request(2)).body).not.toHaveProperty('service_tier');
});

test('several changes are made together or not at all', async () => {
  await using bench = await startTestEngine();
  const file = join(bench.home, 'config.toml');
  const before = await readFile(file, 'utf8');
  const probe = await bench.client();
  const bad = await probe.ask('config/batchWrite', {
    edits: [write('service_tier', 'fast'), write('model_verbosity', 'extreme')],
  });
  expect(bad.error).toMatchObject({
    code: -32600,
    message: expect.stringContaining('model_verbosity'),
    data: { config_write_error_code: 'configValidationError' },
  });
  expect(await readFile(file, 'utf8')).toBe(before);

  await probe.call('config/batchWrite', {
    edits: [write('service_tier', 'fast'), write('model_verbosity', 'high')],
  });
  expect(await readFile(file, 'utf8')).toContain('model_verbosity = "high"');
});

test('writes that come together follow one another and lose nothing', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const keys = Array.from({ length: 12 }, (_, index) => `realtime_extra_${index}`);
  await Promise.all(keys.map(async (key) => probe.call('config/value/write', write(key, key))));
  const { config } = await probe.call('config/read', {});
  expect(config).toMatchObject(Object.fromEntries(keys.map((key) => [key, key])));
});

test.each([
  ['another file', { filePath: '/etc/config.toml' }, 'configLayerReadonly'],
  ['a file that has changed since', { expectedVersion: 'sha256:00' }, 'configVersionConflict'],
  ['a key that is none', { keyPath: 'a = 1\nb' }, 'configValidationError'],
  [
    'a provider of a reserved name',
    { keyPath: 'model_providers.openai.name' },
    'configValidationError',
  ],
  ['the mark of a secret', { keyPath: 'x', value: { token: '[hidden]' } }, 'configValidationError'],
])('%s is refused with its code, and nothing is written', async (_what, fields, code) => {
  await using bench = await startTestEngine();
  const file = join(bench.home, 'config.toml');
  const before = await readFile(file, 'utf8');
  const probe = await bench.client();
  const { error } = await probe.ask('config/value/write', { ...write('model', 'x'), ...fields });
  expect(error).toMatchObject({ code: -32600, data: { config_write_error_code: code } });
  expect(await readFile(file, 'utf8')).toBe(before);
});

test.each([
  ['a provider nobody defined', write('model_provider', 'nobody'), 'nobody'],
  ['a profile nobody defined', write('default_permissions', 'mine'), 'default_permissions'],
  ['an address that is none', write('model_providers.scripted.base_url', 'tea://x'), 'base_url'],
  ['the end of the provider in use', write('model_providers.scripted', null), 'scripted'],
])(
  '%s is refused in words: no conversation could be started with it',
  async (_what, edit, words) => {
    await using bench = await startTestEngine({ scripts });
    const file = join(bench.home, 'config.toml');
    const before = await readFile(file, 'utf8');
    const probe = await bench.client();
    const { error } = await probe.ask('config/value/write', edit);

    expect(error).toMatchObject({
      code: -32600,
      message: expect.stringContaining(words) as unknown,
      data: { config_write_error_code: 'configValidationError' },
    });
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await probe.ask('thread/start', {})).toHaveProperty('result');
  },
);

test('a file that cannot be used is mended change by change', async () => {
  await using bench = await startTestEngine({ scripts });
  const file = join(bench.home, 'config.toml');
  await writeFile(file, 'model_provider = "mine"\n');
  const probe = await bench.client();
  await probe.call('config/value/write', write('model', 'x'));
  await probe.call('config/batchWrite', {
    edits: [
      write('model_providers.mine.name', 'Mine'),
      write('model_providers.mine.base_url', 'http://127.0.0.1:9/v1'),
    ],
  });

  expect(await probe.ask('thread/start', {})).toHaveProperty('result');
});

test('a file that is no TOML is not written over', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const file = join(bench.home, 'config.toml');
  await writeFile(file, 'model = \n');
  const { error } = await probe.ask('config/value/write', write('model', 'x'));
  expect(error?.message).toContain(`${file}:1:9: `);
  expect(await readFile(file, 'utf8')).toBe('model = \n');
});

test('a version read before is the one a write may expect', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const { layers } = await probe.call('config/read', { includeLayers: true });
  const [layer] = layers as Fields[];
  expect(layer).toMatchObject({ name: { type: 'user', file: join(bench.home, 'config.toml') } });
  const expectedVersion = String(layer?.['version']);
  const { version } = await probe.call('config/value/write', {
    ...write('model', 'x'),
    expectedVersion,
  });
  const again = await probe.ask('config/value/write', { ...write('model', 'y'), expectedVersion });
  expect(again.error?.data).toEqual({ config_write_error_code: 'configVersionConflict' });
  await probe.call('config/value/write', {
    ...write('model', 'y'),
    expectedVersion: String(version),
  });
});

test('reading shows where a value comes from, what nobody set, and no secret', async () => {
  await using bench = await startTestEngine({
    config: 'model_verbosity = "low"',
    provider: `env_key_instructions = "see sk-abcdefgh1234"
http_headers = { authorization = "Bearer aaaaaaaaaaaa" }
[mcp_servers.x]
env = { API = "made-up-env" }
[model_providers.b]
base_url = "https://user:made-up@made-up@example.com/v1?signature=made-up-signature#top"
auth = { command = "get", args = ["made-up-arg"] }
query_params = { key = "made-up-query" }`,
  });
  const probe = await bench.client();
  const view = await probe.call('config/read', { includeLayers: true });
  expect(view['config']).toMatchObject({
    model: 'test-model',
    model_verbosity: 'low',
    service_tier: null,
    // Of another program that reads the file.
    chatgpt_base_url: null,
    model_providers: {
      scripted: { name: 'Scripted', experimental_bearer_token: '[hidden]' },
      b: { base_url: 'https://[hidden]@example.com/v1?[hidden]#top' },
    },
  });
  expect(view['origins']).toMatchObject({ model_verbosity: { name: { type: 'user' } } });
  expect(JSON.stringify(view)).not.toMatch(/sk-test|abcdefgh|aaaaaaaa|made-up/u);
});

test('a file that is a link stays one, and keeps its mode', async () => {
  await using bench = await startTestEngine();
  const file = join(bench.home, 'config.toml');
  const real = join(bench.home, 'dotfiles', 'parley.toml');
  await mkdir(join(bench.home, 'dotfiles'));
  await rename(file, real);
  await symlink(real, file);
  await chmod(real, 0o640);
  const probe = await bench.client();
  await probe.call('config/value/write', write('service_tier', 'fast'));
  expect(await readFile(real, 'utf8')).toContain('service_tier = "fast"');
  expect((await stat(real)).mode & 0o777).toBe(0o640);
});
