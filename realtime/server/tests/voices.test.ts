import { expect, test } from 'vitest';

import type { SpeechStyle } from '../../audio/index.ts';
import { createToneVoice, type ToneVoice } from '../../audio/testing/index.ts';
import {
  CallClient,
  MemoryNet,
  MemoryPeer,
  postOffer,
  realClock,
  startTestServer,
  WireClient,
} from '../testing/index.ts';

const ignore = {
  onAudio: () => undefined,
  onEvent: () => undefined,
  onChannelOpen: () => undefined,
  onClosed: () => undefined,
};

type Output = { readonly voice?: string; readonly speed?: number };

const update = (output: Output) => ({
  type: 'session.update',
  session: { type: 'realtime', audio: { output } },
});

/** The ways sentences were asked for, one after the other; what warms the voice up is none. */
function stylesOf({ spoken, styles }: ToneVoice): readonly SpeechStyle[] {
  const asked = styles.filter((_style, at) => spoken[at] !== 'Ready.' && spoken[at] !== '');
  return asked.filter((style, at) => JSON.stringify(style) !== JSON.stringify(asked[at - 1]));
}

test('a session is spoken by the voice and at the pace it asks for, each sentence of it', async () => {
  const voice = createToneVoice();
  await using server = await startTestServer({ voice });
  const client = await WireClient.connect(server.url);
  client.send(update({ voice: 'chime', speed: 1.25 }));
  const updated = await client.next('session.updated');
  client.ask('what can you do? Tell me.');
  await client.next('response.done');

  expect(updated).toMatchObject({
    session: { audio: { output: { voice: 'chime', speed: 1.25 } } },
  });
  expect(stylesOf(voice)).toEqual([{ voice: 'chime', speed: 1.25 }]);
  client.close();
});

test('two sessions of one server do not share their voices', async () => {
  const voice = createToneVoice();
  await using server = await startTestServer({ voice });
  for (const output of [{ voice: 'chime', speed: 0.5 }, {}]) {
    const client = await WireClient.connect(server.url);
    client.send(update(output));
    client.ask('hello');
    await client.next('response.done');
    client.close();
  }

  expect(stylesOf(voice)).toEqual([
    { voice: 'chime', speed: 0.5 },
    { voice: 'alloy', speed: 1 },
  ]);
});

test('a pace that changes in a conversation is that of its next answer', async () => {
  const voice = createToneVoice();
  await using server = await startTestServer({ voice });
  const client = await WireClient.connect(server.url);
  client.ask('hello');
  await client.next('response.done');
  const seen = client.events.length;
  client.send(update({ speed: 1.5 }));
  client.ask('hello');
  await client.next('response.done', seen);

  expect(stylesOf(voice)).toEqual([
    { voice: 'alloy', speed: 1 },
    { voice: 'alloy', speed: 1.5 },
  ]);
  client.close();
});

test('a call may begin with a voice of this server, and none but those', async () => {
  const net = new MemoryNet();
  await using server = await startTestServer({ loadMedia: async () => net });
  const caller = await CallClient.dial(server.url, {
    net,
    session: { type: 'realtime', model: 'm', audio: { output: { voice: 'chime' } } },
  });
  const refused = await postOffer(server.url, net.offer(new MemoryPeer(ignore, realClock)), {
    session: { type: 'realtime', model: 'm', audio: { output: { voice: 'cove' } } },
  });

  expect(caller.events[0]).toMatchObject({ session: { audio: { output: { voice: 'chime' } } } });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    error: { code: 'invalid_value', param: 'session.audio.output.voice' },
  });
});

test('an ephemeral key is refused for a voice that is not there, before it is handed out', async () => {
  await using server = await startTestServer();
  const response = await fetch(`${server.url.href}/realtime/client_secrets`, {
    method: 'POST',
    body: JSON.stringify({ session: update({ voice: 'cove' }).session }),
  });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'invalid_value' } });
});
