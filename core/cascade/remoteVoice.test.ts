import { expect, test } from 'vitest';

import { msToSamples } from '../../realtime/audio/index.ts';
import { ManualClock } from '../base/testing/index.ts';
import { createNodeHttp } from '../model/index.ts';
import { startScriptedUpstream } from '../model/testing/index.ts';
import { Endpoint } from './endpoint.ts';
import { createRemoteVoice } from './remoteVoice.ts';

const MINUTE_BYTES = 2 * msToSamples(60_000);
const audio = { head: { status: 200, headers: { 'content-type': 'audio/pcm' } } } as const;

test('sound of one sentence that does not end is given up, told, and read no further', async () => {
  await using server = await startScriptedUpstream([
    [audio, { bytes: new Uint8Array(3 * MINUTE_BYTES) }, { stall: true }],
  ]);
  const clock = new ManualClock();
  const http = createNodeHttp({ clock });
  using open = new DisposableStack();
  open.defer(() => {
    http.close();
  });
  const endpoint = new Endpoint(
    'textToSpeech',
    {
      name: 'mouth',
      address: async () => ({ baseUrl: server.url.href, headers: {}, queryParams: {} }),
      authenticated: async ({ send }) => send({}),
      maxRetries: 0,
      hideSecrets: () => undefined,
    },
    { http, clock, headers: {} },
  );
  const voice = createRemoteVoice({
    endpoint,
    model: 'kokoro',
    voice: undefined,
    format: 'pcm',
    sampleRateHz: 24_000,
  });
  let heard = 0;
  const listen = async (): Promise<void> => {
    for await (const samples of voice.speak('Hello.', new AbortController().signal)) {
      heard += samples.length;
    }
  };

  await expect(listen()).rejects.toThrow(
    'Text to speech: mouth: the sound of one sentence goes on after 120 seconds',
  );
  expect(heard).toBeLessThanOrEqual(msToSamples(120_000));
  const [request] = server.requests;
  await request?.closed;
});
