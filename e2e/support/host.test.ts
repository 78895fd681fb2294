import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { makeTree } from '../../.ci/testing/tree.ts';
import { parseWav, silence, writeWav } from '../../realtime/audio/index.ts';
import { cleanEnvironment, startHost } from './host.ts';
import { synthesise, toVoice } from './makeVoice.ts';

test('a host under test sees no key, home folder, proxy or option of whoever runs the tests', () => {
  const environment = cleanEnvironment({
    PATH: '/bin',
    HOME: '/home/me',
    OPENAI_API_KEY: 'secret',
    CODEX_HOME: '/home/me/.codex',
    PARLEY_HOME: '/home/me/.parley',
    NODE_OPTIONS: '--inspect',
    https_proxy: 'http://proxy',
    ALL_PROXY: 'http://proxy',
    GONE: undefined,
  });

  expect(environment).toEqual({ PATH: '/bin', HOME: '/home/me' });
});

describe('a host under test', () => {
  test('is ready when it prints its address, has a home of its own, and is gone afterwards', async () => {
    using tree = makeTree({
      'launcher.cjs': `
      const { readFileSync } = require('node:fs');
      console.log('one moment');
      console.log('Parley is ready: http://127.0.0.1:1/?token=abc');
      console.log(process.argv.slice(2).join(' '));
      console.log(readFileSync(process.env.PARLEY_HOME + '/config.toml', 'utf8'));
      setInterval(() => {}, 1000);
    `,
    });
    await using host = await startHost(
      { config: 'model = "m"', args: ['--x'] },
      join(tree.root, 'launcher.cjs'),
    );

    expect(host.url).toBe('http://127.0.0.1:1/?token=abc');
    await expect.poll(() => host.output()).toContain('serve --port 0 --x\nmodel = "m"');
    expect(await readFile(join(host.home, 'config.toml'), 'utf8')).toBe('model = "m"');

    await host[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
    expect(existsSync(host.home)).toBe(false);
  });

  test('that ends before it is ready is an error with its words', async () => {
    using tree = makeTree({ 'launcher.cjs': "console.error('parley: no'); process.exit(1);" });

    await expect(startHost({}, join(tree.root, 'launcher.cjs'))).rejects.toThrow(
      /ended \(1\).*\nparley: no/,
    );
  });
});

test('a recording of any rate and channel count becomes one channel at 48 kHz', () => {
  const wav = writeWav({ sampleRateHz: 16_000, channels: 2, samples: silence(2000, 16_000) });

  expect(toVoice(wav)).toHaveLength(48_000);
});

test('without a recording the built-in voice says something audible', async () => {
  const { wav, origin } = await synthesise('Front center.');

  const { samples, sampleRateHz, channels } = parseWav(wav);
  expect({ sampleRateHz, channels, origin }).toEqual({
    sampleRateHz: 24_000,
    channels: 1,
    origin: 'synthesised by the built-in voice',
  });
  expect(samples.length).toBeGreaterThan(12_000);
  expect(Math.max(...samples)).toBeGreaterThan(3000);
});
