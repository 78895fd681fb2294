import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { startTestEngine } from '../../testing/index.ts';

const scripts = [[{ events: messageAnswer('Yes.') }]];
const FAULT = 'The settings cannot be used, so no conversation can be started.';
const HIGH = 'one of "low", "medium", "high"';

/** The settings file of a test engine begins with four lines of its own. */
const FAULTS = [
  [
    'no TOML',
    'model_verbosity = \n',
    '5:19: this is not valid TOML (invalid value); mend it here, then try again.',
    { start: { line: 5, column: 19 }, end: { line: 5, column: 19 } },
  ],
  [
    'a value of the wrong type',
    'model_context_window = "much"\n',
    '5:24: model_context_window must be a number, not a string.',
    { start: { line: 5, column: 24 }, end: { line: 5, column: 29 } },
  ],
  [
    'a word that is none of those allowed',
    'model_verbosity = "loud"\n',
    `5:19: model_verbosity must be ${HIGH}, not "loud".`,
    { start: { line: 5, column: 19 }, end: { line: 5, column: 24 } },
  ],
] as const;

test.for(FAULTS)(
  'with %s the engine runs, says where it is, and works as soon as it is mended',
  async ([, config, words, range]) => {
    await using bench = await startTestEngine({ scripts });
    const file = join(bench.home, 'config.toml');
    const sound = await readFile(file, 'utf8');
    const asItWas = await bench.client();
    const earlier = await asItWas.thread();
    await asItWas.turn(earlier, 'Hi');
    await asItWas.notification('turn/completed');

    await writeFile(file, withLine(sound, config));
    await bench.restart();
    const probe = await bench.client();

    expect(await probe.notification('configWarning')).toEqual({
      summary: FAULT,
      details: `${file}:${words}`,
      path: file,
      range,
    });
    const refusal = { code: -32600, message: `failed to load configuration: ${file}:${words}` };
    expect((await probe.ask('thread/start', {})).error).toEqual(refusal);
    expect((await probe.ask('thread/resume', { threadId: earlier })).error).toEqual(refusal);
    expect((await probe.ask('model/list', {})).error).toEqual(refusal);
    // What needs no settings is there all the same.
    expect(await probe.call('thread/list', {})).toMatchObject({ data: [{ id: earlier }] });
    expect(await probe.call('thread/read', { threadId: earlier })).toMatchObject({
      thread: { id: earlier },
    });

    await writeFile(file, sound);
    await probe.call('thread/resume', { threadId: earlier });
    await probe.turn(earlier, 'And now?');
    expect(await probe.notification('turn/completed')).toMatchObject({
      turn: { status: 'completed' },
    });
    const later = await bench.client();
    await later.call('thread/loaded/list', {});
    expect(later.order).not.toContain('configWarning');
  },
);

test('a folder in the place of the settings is told, and a file put there is read', async () => {
  await using bench = await startTestEngine({ scripts });
  const file = join(bench.home, 'config.toml');
  const sound = await readFile(file, 'utf8');
  await rm(file);
  await mkdir(file);
  await bench.restart();
  const probe = await bench.client();
  const words = `${file} is a folder; put the settings file in its place, or remove it.`;

  expect(await probe.notification('configWarning')).toEqual({
    summary: FAULT,
    details: words,
    path: file,
  });
  expect((await probe.ask('thread/start', {})).error?.message).toBe(
    `failed to load configuration: ${words}`,
  );
  await rm(file, { recursive: true });
  await writeFile(file, sound);
  await probe.thread();
});

test('settings that break while the engine runs are told to whoever comes, and hold no open thread up', async () => {
  await using bench = await startTestEngine({ scripts });
  const file = join(bench.home, 'config.toml');
  const first = await bench.client();
  const threadId = await first.thread();
  await writeFile(file, 'model = 5\n');
  const second = await bench.client();

  expect(await second.notification('configWarning')).toMatchObject({
    details: `${file}:1:9: model must be a string, not a whole number.`,
  });
  expect((await second.ask('thread/start', {})).error?.code).toBe(-32600);
  await first.turn(threadId, 'Hi');
  expect(await first.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });
});

test('a mistake in a provider that nobody uses is a warning, and one in the chosen one is told with its place', async () => {
  await using bench = await startTestEngine({
    scripts,
    provider: '[model_providers.spare]\nbase_url = 1',
  });
  const file = join(bench.home, 'config.toml');
  const probe = await bench.client();
  const warning = (await probe.notification('configWarning')) as { summary: string };

  expect(warning).toMatchObject({ details: null, path: file, range: { start: { column: 12 } } });
  expect(warning.summary).toMatch(
    /config\.toml:\d+:12: model_providers\.spare\.base_url must be a string, not a whole number\. Until then provider spare cannot be used\.$/u,
  );
  await probe.turn(await probe.thread(), 'Hi');
  expect(await probe.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });

  const chosen = await probe.ask('thread/start', { modelProvider: 'spare' });
  expect(chosen.error?.message).toMatch(/config\.toml:\d+:12: model_providers\.spare\.base_url /u);
  // It is no hindrance for other settings, and no further mistake is let in.
  await probe.call('config/value/write', write('model_verbosity', 'low'));
  const refused = await probe.ask('config/value/write', write('model_providers.other.base_url', 7));
  expect(refused.error).toMatchObject({
    message: `${file}: model_providers.other.base_url must be a string, not a whole number.`,
    data: { config_write_error_code: 'configValidationError' },
  });
});

test('a mistake on the command line ends the start, because nobody can mend it while it runs', async () => {
  await expect(startTestEngine({ overrides: ['model=5'] })).rejects.toThrow(
    '-c model: model must be a string, not a whole number.',
  );
});

const write = (keyPath: string, value: unknown) => ({
  keyPath,
  value,
  mergeStrategy: 'replace' as const,
});

/** The settings with one more line before the first table. */
const withLine = (settings: string, line: string): string => settings.replace('\n\n', `\n${line}`);
