import { join } from 'node:path';

import type * as Foreign from '@openai/agents-realtime';

import { newUuid, systemClock } from '../core/platform/index.ts';
import { createFliteVoice } from '../realtime/audio/speech/index.ts';
import { practiceAgent } from '../core/practice/index.ts';
import { createPracticeRealtimeModel, startRealtimeServer } from '../realtime/server/index.ts';
import { expect, startBarePage, test } from './support/index.ts';

// Somebody else's client, in a browser and by WebRTC, against the built-in server.

const API_KEY = 'a-key-for-this-test';
const CLIENT = join(
  import.meta.dirname,
  '../node_modules/@openai/agents-realtime/dist/bundle/openai-realtime-agents.umd.js',
);

type Order = { readonly callsUrl: string; readonly ephemeralKey: string };

/** What the conversation left behind. */
type Told = {
  readonly words: string;
  readonly events: readonly string[];
  readonly errors: readonly string[];
  readonly audibleMs: number;
  readonly statusAfterClose: string;
};

test('the WebRTC transport of @openai/agents-realtime holds a conversation, with an ephemeral key', async ({
  page,
}) => {
  const voice = createFliteVoice();
  const server = await startRealtimeServer({
    apiKey: API_KEY,
    voice,
    clock: systemClock,
    newId: (prefix) => `${prefix}_${newUuid().replaceAll('-', '')}`,
    model: createPracticeRealtimeModel({ clock: systemClock, agent: practiceAgent }),
  });
  try {
    await using bare = await startBarePage();
    await page.goto(bare.url);
    await page.addScriptTag({ path: CLIENT });
    const response = await fetch(`${server.url.href}/realtime/client_secrets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ session: { type: 'realtime', model: 'gpt-realtime' } }),
    });
    const { value: ephemeralKey } = (await response.json()) as { value: string };

    const told = await page.evaluate(converse, {
      callsUrl: `${server.url.href}/realtime/calls`,
      ephemeralKey,
    });

    expect(told.errors).toEqual([]);
    expect(told.words).toContain('42');
    expect(told.events).toEqual(
      expect.arrayContaining([
        'session.updated',
        'response.created',
        'output_audio_buffer.started',
        'response.done',
        'output_audio_buffer.stopped',
      ]),
    );
    expect(told.audibleMs).toBeGreaterThan(300);
    expect(told.statusAfterClose).toBe('disconnected');
  } finally {
    await server.close();
    await voice.close();
  }
});

/** Runs in the page. */
async function converse({ callsUrl, ephemeralKey }: Order): Promise<Told> {
  const { OpenAIRealtimeWebRTC, RealtimeAgent, RealtimeSession } = (
    window as unknown as { OpenAIAgentsRealtime: typeof Foreign }
  ).OpenAIAgentsRealtime;
  const context = new AudioContext({ sampleRate: 48_000 });
  const { stream: silence } = new MediaStreamAudioDestinationNode(context);
  const audioElement = new Audio();
  audioElement.muted = true;
  const transport = new OpenAIRealtimeWebRTC({
    baseUrl: callsUrl,
    mediaStream: silence,
    audioElement,
  });
  const agent = new RealtimeAgent({ name: 'Guest', instructions: 'Be brief.' });
  const session = new RealtimeSession(agent, { transport, tracingDisabled: true });
  const events: string[] = [];
  const errors: string[] = [];
  let words = '';
  const heard = Promise.withResolvers<undefined>();
  session.on('transport_event', (event) => {
    events.push(event.type);
    if (event.type === 'response.output_audio_transcript.done')
      words += String(event['transcript']);
    if (event.type === 'output_audio_buffer.stopped') heard.resolve(undefined);
  });
  session.on('error', (error) => errors.push(JSON.stringify(error)));
  await session.connect({ apiKey: ephemeralKey });

  const far = audioElement.srcObject;
  if (!(far instanceof MediaStream)) throw new Error('The client plays nothing.');
  const analyser = new AnalyserNode(context, { fftSize: 256 });
  context.createMediaStreamSource(far).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let audibleMs = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    if (samples.some((sample) => Math.abs(sample) > 0.01)) audibleMs += 10;
  }, 10);
  session.sendMessage('What is 6 times 7?');
  await heard.promise;
  clearInterval(timer);
  session.close();
  await context.close();
  return { words, events, errors, audibleMs, statusAfterClose: transport.status };
}
