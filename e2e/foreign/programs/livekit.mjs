import assert from 'node:assert/strict';
import { once } from 'node:events';

import { initializeLogger, llm } from '@livekit/agents';
import { realtime } from '@livekit/agents-plugin-openai';
import { AudioFrame } from '@livekit/rtc-node';
import * as z from 'zod';

import { attempt, finish, serverUrl } from './kit.mjs';

initializeLogger({ pretty: false, level: 'silent' });
const SAMPLE_RATE_HZ = 24_000;
const FRAME_SAMPLES = SAMPLE_RATE_HZ / 10;

/** A session of the plugin; what the server says it got wrong fails the case. */
async function inSession(modalities, act) {
  const model = new realtime.RealtimeModel({
    apiKey: 'any',
    model: 'any',
    baseURL: serverUrl,
    modalities,
  });
  const session = model.session();
  const { promise: failed, reject } = Promise.withResolvers();
  session.on('error', ({ error }) => reject(error));
  try {
    await Promise.race([act(session), failed]);
  } finally {
    await session.close();
  }
}

async function wordsOf({ messageStream }) {
  let words = '';
  for await (const { textStream } of messageStream) {
    for await (const chunk of textStream) words += chunk;
  }
  return words;
}

await attempt('realtime: text', () =>
  inSession(['text'], async (session) => {
    assert.match(await wordsOf(await session.generateReply('Say hello.')), /practice model/u);
  }),
);

await attempt('realtime: conversation handed over', () =>
  inSession(['text'], async (session) => {
    const context = new llm.ChatContext();
    context.addMessage({ role: 'user', content: 'What is 2 + 3?' });
    await session.updateChatCtx(context);
    assert.match(await wordsOf(await session.generateReply()), /5/u);
  }),
);

await attempt('realtime: tools told', () =>
  inSession(['text'], async (session) => {
    const getWeather = llm.tool({
      name: 'get_weather',
      description: 'Tells the weather',
      parameters: z.object({ city: z.string() }),
      execute: async () => 'sunny',
    });
    await session.updateTools(new llm.ToolContext([getWeather]));
    assert.notEqual(await wordsOf(await session.generateReply('Say hello.')), '');
  }),
);

await attempt('realtime: sound', () =>
  inSession(['audio', 'text'], async (session) => {
    const tone = Int16Array.from({ length: SAMPLE_RATE_HZ }, (_, at) =>
      Math.round(12_000 * Math.sin((2 * Math.PI * 500 * at) / SAMPLE_RATE_HZ)),
    );
    const speech = new Int16Array(SAMPLE_RATE_HZ * 3);
    speech.set(tone, SAMPLE_RATE_HZ / 2);
    const started = once(session, 'input_speech_started');
    const generated = once(session, 'generation_created');
    for (let at = 0; at < speech.length; at += FRAME_SAMPLES) {
      const frame = speech.slice(at, at + FRAME_SAMPLES);
      session.pushAudio(new AudioFrame(frame, SAMPLE_RATE_HZ, 1, frame.length));
    }
    await started;
    const [generation] = await generated;
    let heardSamples = 0;
    for await (const { audioStream } of generation.messageStream) {
      for await (const frame of audioStream) heardSamples += frame.samplesPerChannel;
    }
    assert.ok(heardSamples > SAMPLE_RATE_HZ);
  }),
);

finish();
