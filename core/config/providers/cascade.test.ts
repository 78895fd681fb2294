import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { type Cascade, loadConfig, resolveCascade } from '../index.ts';

async function resolve(toml: string): Promise<Cascade | undefined> {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-config-'));
  await writeFile(join(home.path, 'config.toml'), toml);
  const { config, locate } = loadConfig({ home: home.path });
  try {
    return resolveCascade(config, {});
  } catch (error) {
    throw locate(error);
  }
}

const CASCADE = '[realtime]\nprovider = "cascade"\n';
const EARS = '[realtime.cascade.speech_to_text]\n';

test('there is a cascade only where it is asked for, and its ends are built in unless told', async () => {
  expect(await resolve(`${EARS}provider = "nobody"\n`)).toBeUndefined();
  expect(await resolve(CASCADE)).toEqual({ speechToText: undefined, textToSpeech: undefined });
});

test('an end has the address and key of its provider, and what is set over what is usual', async () => {
  const toml = `[model_providers.box]
base_url = "http://127.0.0.1:8000/v1/"
experimental_bearer_token = "t"
${CASCADE}[realtime.cascade.text_to_speech]
provider = "box"
model = "kokoro"
format = "wav"
`;
  expect((await resolve(toml))?.textToSpeech).toMatchObject({
    provider: { baseUrl: 'http://127.0.0.1:8000/v1', credential: { kind: 'literal', token: 't' } },
    model: 'kokoro',
    voice: undefined,
    format: 'wav',
    sampleRateHz: 24_000,
  });
});

test.each([
  [
    `${EARS}provider = "box"\nmodel = "m"\n`,
    /:4:12: realtime\.cascade\.speech_to_text\.provider "box" is not defined; known are /u,
  ],
  [
    `${EARS}provider = "openai"\n`,
    /realtime\.cascade\.speech_to_text\.model is missing; set it to a model that openai has/u,
  ],
  [
    `[realtime.cascade.text_to_speech]\nformat = "mp3"\n`,
    /:4:10: realtime\.cascade\.text_to_speech\.format must be one of "pcm", "wav"/u,
  ],
])('a mistake is told with its place: %j', async (toml, words) => {
  await expect(resolve(CASCADE + toml)).rejects.toThrow(words);
});
