import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { loadConfig } from '../../../core/config/index.ts';
import { startScriptedUpstream } from '../../../core/model/testing/index.ts';
import { hears, sounds } from '../../../core/testing/index.ts';
import { checkCascade } from './checkCascade.ts';
import type { Finding } from './findings.ts';

async function examine(
  ears: Parameters<typeof startScriptedUpstream>[0],
  mouth: Parameters<typeof startScriptedUpstream>[0],
): Promise<readonly Finding[]> {
  await using hearing = await startScriptedUpstream(ears);
  await using speaking = await startScriptedUpstream(mouth);
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-doctor-'));
  await writeFile(
    join(home.path, 'config.toml'),
    `[model_providers.ears]
base_url = "${hearing.url.href}"
request_max_retries = 0
[model_providers.mouth]
base_url = "${speaking.url.href}"
request_max_retries = 0
[realtime]
provider = "cascade"
[realtime.cascade.speech_to_text]
provider = "ears"
model = "whisper"
[realtime.cascade.text_to_speech]
provider = "mouth"
model = "kokoro"
`,
  );
  const { config } = loadConfig({ home: home.path });
  // Awaited here, because the servers go when this function ends.
  return await checkCascade(config, home.path, {});
}

test('each end of a cascade is used once, and what it does is told', async () => {
  const findings = await examine([hears('Good morning.')], [sounds(1_200)]);
  expect(findings).toEqual([
    {
      name: 'Text to speech',
      state: 'ok',
      detail: expect.stringMatching(/^speaks: 1\.2 s of sound, the first after \d+ ms$/u) as string,
    },
    {
      name: 'Speech to text',
      state: 'ok',
      detail: expect.stringMatching(/^hears "Good morning\.", after \d+ ms$/u) as string,
    },
  ]);
});

test('an end that fails is named with what it says, and the other one is tried all the same', async () => {
  const findings = await examine(
    [hears('')],
    [[{ head: { status: 404 } }, { bytes: '{"detail":"no model kokoro"}' }]],
  );
  expect(findings).toMatchObject([
    {
      state: 'failed',
      detail: 'mouth: answered with status 404: no model kokoro',
    },
    { state: 'ok', detail: expect.stringMatching(/^hears no words/u) as string },
  ]);
});

test('a voice that is no cascade has no ends to be tried', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-doctor-'));
  const { config } = loadConfig({ home: home.path });
  expect(await checkCascade(config, home.path, {})).toEqual([]);
});
