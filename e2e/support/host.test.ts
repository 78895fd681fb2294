import { expect, test } from 'vitest';

import { parseWav, silence, writeWav } from '../../realtime/audio/index.ts';
import { cleanEnvironment } from './host.ts';
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
