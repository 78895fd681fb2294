import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { startTestEngine } from '../../testing/index.ts';

const write = (keyPath: string, value: unknown) => ({
  keyPath,
  value,
  mergeStrategy: 'replace' as const,
});

type Layer = { readonly name: Readonly<Record<string, unknown>>; readonly config: object };

test('each layer wins over those below it, and says what it has', async () => {
  await using bench = await startTestEngine({
    config: 'model_verbosity = "low"\nmodel_reasoning_effort = "low"\nprofile = "quick"',
    provider: '[profiles.quick]\nmodel_verbosity = "medium"\nmodel_reasoning_effort = "medium"',
    overrides: ['model_context_window=5000', 'service_tier="flex"'],
  });
  const { home, systemFolder } = bench;
  await mkdir(systemFolder);
  await writeFile(
    join(systemFolder, 'config.toml'),
    'model_verbosity = "high"\nmodel_reasoning_summary = "none"\nservice_tier = "fast"\n',
  );
  await writeFile(join(home, 'quick.config.toml'), '# mine\nmodel_reasoning_effort = "high"\n');
  const probe = await bench.client();
  const { config, origins, layers } = await probe.call('config/read', { includeLayers: true });

  expect(config).toMatchObject({
    model_verbosity: 'medium',
    model_reasoning_effort: 'high',
    model_reasoning_summary: 'none',
    model_context_window: 5000,
    service_tier: 'flex',
  });
  const file = join(home, 'config.toml');
  const own = join(home, 'quick.config.toml');
  const system = join(systemFolder, 'config.toml');
  // The first wins, as the peer has them.
  expect((layers as Layer[]).map(({ name }) => name)).toEqual([
    { type: 'sessionFlags' },
    { type: 'sessionFlags' },
    { type: 'user', file: own, profile: 'quick' },
    { type: 'user', file, profile: 'quick' },
    { type: 'user', file, profile: null },
    { type: 'system', file: system },
  ]);
  expect((layers as Layer[])[3]?.config).toEqual({
    model_verbosity: 'medium',
    model_reasoning_effort: 'medium',
  });
  expect(origins).toMatchObject({
    model_verbosity: { name: { file, profile: 'quick' } },
    model_reasoning_effort: { name: { file: own } },
    model_reasoning_summary: { name: { type: 'system' } },
    service_tier: { name: { type: 'sessionFlags' } },
    model: { name: { file, profile: null } },
  });
  const before = await readFile(own, 'utf8');
  expect(
    await probe.call('config/value/write', write('model_reasoning_effort', 'low')),
  ).toMatchObject({
    status: 'okOverridden',
    overriddenMetadata: {
      message: 'model_reasoning_effort was written, but profile quick sets it for this run.',
      effectiveValue: 'high',
    },
  });
  expect(await readFile(own, 'utf8')).toBe(before);
  for (const filePath of [own, system]) {
    const { error } = await probe.ask('config/value/write', { ...write('model', 'x'), filePath });
    expect(error?.data).toEqual({ config_write_error_code: 'configLayerReadonly' });
  }
});

test('a profile that is nowhere is refused where it is chosen, and cannot be written', async () => {
  await using bench = await startTestEngine({
    provider: '[profiles.quick]\nmodel_verbosity = "low"',
  });
  const probe = await bench.client();
  const start = async (profile: string) => probe.ask('thread/start', { config: { profile } });

  for (const name of ['slow', '../config', 'a.b']) {
    expect((await start(name)).error?.message).toContain(`There is no profile "${name}"`);
  }
  const { error } = await probe.ask('config/value/write', write('profile', 'slow'));
  expect(error).toMatchObject({
    message: expect.stringContaining('There is no profile "slow"') as unknown,
    data: { config_write_error_code: 'configValidationError' },
  });
  expect(await start('quick')).toHaveProperty('result');
  await probe.call('config/value/write', write('profile', 'quick'));
  expect((await probe.call('config/read', {}))['config']).toMatchObject({ model_verbosity: 'low' });
});

test('a mistake in the profile in use is told with its place, an unknown key of it once', async () => {
  await using bench = await startTestEngine({ config: 'profile = "quick"' });
  const file = join(bench.home, 'config.toml');
  const sound = await readFile(file, 'utf8');
  const line = sound.split('\n').length;
  await writeFile(file, `${sound}[profiles.quick]\nmodel_verbosty = "low"\n`);
  const probe = await bench.client();
  await probe.thread();

  expect(probe.all('configWarning').map(({ summary }) => summary)).toEqual([
    `Unknown key model_verbosty in ${file}:${line + 1}:1; did you mean "model_verbosity"?`,
  ]);
  await writeFile(file, `${sound}[profiles.quick]\nmodel_verbosity = "loud"\n`);
  expect((await probe.ask('thread/start', {})).error?.message).toContain(
    `${file}:${line + 1}:19: model_verbosity must be one of`,
  );
});
