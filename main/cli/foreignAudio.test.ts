import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { measureLevel, parseWav } from '../../realtime/audio/index.ts';
import { startLocalServer } from './localServer.ts';

// OpenAI's own package, `openai`, at the endpoints for files of what `parley realtime-server` starts.

let server: Awaited<ReturnType<typeof startLocalServer>>;
let client: OpenAI;
beforeAll(async () => {
  server = await startLocalServer({});
  client = new OpenAI({ baseURL: server.url.href, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => server.close());

/** Has the same text said at a pace, and measures how many seconds it takes. */
async function sayAt(speed: number): Promise<number> {
  const spoken = await client.audio.speech.create({
    model: 'any',
    voice: 'rms',
    input: 'This is said twice, once in a hurry.',
    speed,
  });
  const { samples, sampleRateHz } = parseWav(new Uint8Array(await spoken.arrayBuffer()));
  expect(measureLevel(samples).peak).toBeGreaterThan(0.2);
  return samples.length / sampleRateHz;
}

describe('openai', () => {
  test('has a text spoken by a voice of its choice, as fast as it likes', async () => {
    const calm = await sayAt(1);

    expect(calm).toBeGreaterThan(1.5);
    expect(await sayAt(2)).toBeLessThan(calm * 0.7);
  });
});
