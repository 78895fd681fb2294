import { describe, expect, test } from 'vitest';

import {
  asPeer,
  delegation,
  type Frame,
  inFence,
  outFence,
  startTestEngine,
  TRANSPORTS,
  voiceOver,
} from '../../testing/index.ts';

const heard = 'conversation.item.input_audio_transcription';
const done = (role: 'user' | 'assistant', text: string): readonly [string, unknown] => [
  'transcript/done',
  { role, text },
];
const added = (item: unknown): readonly [string, unknown] => ['itemAdded', { item }];
const sound = [
  'outputAudio/delta',
  {
    audio: {
      data: 'AAAA',
      sampleRate: 24_000,
      numChannels: 1,
      samplesPerChannel: null,
      itemId: null,
    },
  },
] as const;

/** What other servers send, and what the client of the peer (0.169) was told about it. */
const events: readonly (readonly [event: Frame, told: readonly unknown[]])[] = [
  [{ type: `${heard}.completed`, transcript: 'no id' }, [done('user', 'no id')]],
  [
    { type: `${heard}.completed`, event_id: null, item_id: null, transcript: 'null' },
    [done('user', 'null')],
  ],
  [{ type: `${heard}.completed`, item_id: 7, transcript: 'a number' }, [done('user', 'a number')]],
  [
    {
      type: 'response.output_audio_transcript.done',
      item_id: null,
      response_id: null,
      transcript: 'hi',
    },
    [done('assistant', 'hi')],
  ],
  [
    {
      type: 'response.output_audio.delta',
      item_id: null,
      response_id: null,
      delta: 'AAAA',
      sample_rate: null,
      channels: null,
    },
    [sound],
  ],
  [
    { type: 'response.output_audio.delta', item_id: 3, delta: 'AAAA', sample_rate: 'fast' },
    [sound],
  ],
  [
    { type: 'conversation.item.added', item: { id: null, type: 'message' } },
    [added({ id: null, type: 'message' })],
  ],
  [{ type: 'conversation.item.created', item: { id: 'x' } }, [added({ id: 'x' })]],
  [
    { type: 'input_audio_buffer.speech_started', item_id: 7 },
    [added({ type: 'input_audio_buffer.speech_started', item_id: null })],
  ],
  [{ type: 'input_audio_buffer.committed', item_id: null }, []],
  [{ type: 'session.updated', session: null }, []],
  [{ type: 'response.created', response: null }, []],
  [{ type: 'response.cancelled' }, [added({ type: 'response.cancelled', response_id: null })]],
  [{ type: 'response.done', response: { id: null, usage: null, output: null, metadata: 4 } }, []],
  [{ type: 'conversation.item.truncated', item_id: null, audio_end_ms: '1' }, []],
  [{ type: 'error', error: null, message: 7 }, []],
];

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('fields that are absent, null or of another type cost an event nothing but themselves', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const told: unknown[] = [];
    for (const [event] of events) {
      const from = voice.probe.mark;
      voice.server.send(event);
      await inFence(voice);
      told.push([event, asPeer(voice.probe.messages.slice(from), 'seed').slice(0, -1)]);
    }

    expect(told).toEqual(events);
  });

  test.for([
    { type: 'response.done', response_id: 'resp_1' },
    { type: 'response.done', response_id: null },
    { type: 'response.done' },
  ])('%j ends the response, and the next one is asked for', async (end) => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    const say = async (text: string): Promise<void> => {
      await probe.call('thread/realtime/appendSpeech', { threadId, text });
      await outFence(voice);
    };
    await say('one');
    server.send({ type: 'response.created', response_id: 'resp_1' });
    await inFence(voice);
    await say('two');
    expect(server.of('response.create')).toHaveLength(1);
    server.send(end);

    await server.frame('response.create', 2);
    expect(probe.all('thread/realtime/error')).toEqual([]);
  });

  test('failed recognition without an item ends the line it belongs to', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    voice.server.send(
      { type: `${heard}.delta`, delta: 'I wa' },
      { type: `${heard}.failed`, error: 'noise' },
    );
    await inFence(voice);

    expect(voice.probe.all('thread/realtime/item/completed').at(-1)).toMatchObject({
      item: { role: 'user', text: 'I wa', failure: 'noise' },
    });
  });

  test('what was said without ids reaches the agent in its order', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    voice.server.send(
      { type: `${heard}.completed`, transcript: 'mend the roof' },
      { type: 'response.output_audio_transcript.done', transcript: 'I will see to it' },
      delegation('call_1', 'mend it'),
    );
    await bench.upstream.request(1);

    expect(JSON.stringify(bench.upstream.requests[0]?.body)).toContain(
      String.raw`user: mend the roof\nassistant: I will see to it\nuser: mend it`,
    );
  });
});
