import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { concatPcm, silence } from '../../../realtime/audio/index.ts';
import { createFliteVoice } from '../../../realtime/audio/speech/index.ts';
import type { RealtimeServer } from '../../../realtime/server/index.ts';
import { WireClient } from '../../../realtime/server/testing/index.ts';
import { startPracticeServer } from '../index.ts';

// The whole way, with the real ears and the real voice: what flite says is what a microphone hears. It costs
// seconds on a busy machine, and time stands still for the server: no deadline is what is tried here.
const PATIENCE = { timeout: 30_000 };

const voice = createFliteVoice();
const DONE = 'conversation.item.input_audio_transcription.completed';
let server: RealtimeServer;

beforeAll(async () => {
  server = await startPracticeServer({ clock: new ManualClock() });
});
afterAll(async () => {
  await Promise.all([server.close(), voice.close()]);
});

async function spoken(text: string): Promise<Int16Array> {
  const parts: Int16Array[] = [];
  for await (const part of voice.speak(text, new AbortController().signal)) parts.push(part);
  return concatPcm([silence(500), ...parts, silence(1200)]);
}

type Heard = { readonly words: unknown; readonly answer: unknown; readonly call: unknown };

/** Says one thing in a session of its own. */
async function say(text: string): Promise<Heard> {
  const client = await WireClient.connect(server.url);
  const transcription = { model: 'any' };
  const tools = ['background_agent', 'remain_silent'].map((name) => ({
    type: 'function',
    name,
    description: '',
    parameters: {},
  }));
  client.send({
    type: 'session.update',
    session: { type: 'realtime', audio: { input: { transcription } }, tools },
  });
  client.append(await spoken(text));
  const completed = await client.next(DONE);
  await client.next('response.done');
  const told = client.events.find(({ type }) => type === 'response.output_audio_transcript.done');
  const call = client.events.find(({ type }) => type === 'response.function_call_arguments.done');
  client.close();
  return {
    words: completed['transcript'],
    answer: told?.['transcript'],
    call: call?.['arguments'],
  };
}

describe('what is said to the practice provider', PATIENCE, () => {
  test('is handed to the agent when that is what was said', async () => {
    expect(await say('Ask the agent to list the primes up to fifty.')).toMatchObject({
      words: 'ask the agent to list the primes up to fifty',
      call: '{"prompt":"list the primes up to fifty"}',
    });
  });

  test('is answered', async () => {
    expect(await say('What is seven times eight?')).toMatchObject({ answer: 'That is 56.' });
  });

  test('is honestly not understood when it is none of what can be', async () => {
    expect(await say('The committee will publish its annual report tomorrow.')).toMatchObject({
      words: '',
      answer: 'I did not understand that; what you can say is on the screen.',
    });
  });
});
