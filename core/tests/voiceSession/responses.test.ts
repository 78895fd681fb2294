import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  type Frame,
  inFence,
  outFence,
  startTestEngine,
  TRANSPORTS,
  voiceOver,
} from '../../testing/index.ts';

/** Samples of silence, base64. */
const sound = (samples: number): string => Buffer.alloc(samples * 2).toString('base64');

const delta = (samples: number): Frame => ({
  type: 'response.output_audio.delta',
  item_id: 'a',
  response_id: 'r1',
  delta: sound(samples),
});

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('an interruption cuts at what was played, in whole milliseconds, also after the response has ended', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench, { outputModality: 'audio', interruption: 'on' });
    const { probe, threadId, server } = voice;
    server.send(
      { type: 'response.created', response: { id: 'r1' } },
      // The peer counts 100 ms here, because it rounds each piece down.
      ...Array.from({ length: 100 }, () => delta(47)),
      { type: 'response.done', response: { id: 'r1', status: 'completed' } },
      { type: 'input_audio_buffer.speech_started', item_id: 'coming_user_item' },
    );
    await inFence(voice);
    await probe.call('thread/realtime/interrupt', {
      threadId,
      heard: [{ itemId: 'a', playedMs: 180.4 }],
    });
    await outFence(voice);

    expect(server.frames.slice(1, -1)).toEqual([
      { type: 'conversation.item.truncate', item_id: 'a', content_index: 0, audio_end_ms: 180 },
    ]);
  });

  test('a clash of responses puts the want back, strangers free nothing, a lost create is sent again', async () => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({ clock });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    await probe.call('thread/realtime/appendText', { threadId, text: 'go', respond: true });
    await server.frame('response.create');
    clock.advance(10_000);
    await server.frame('response.create', 2);
    server.send(
      { type: 'error', error: { code: 'conversation_already_has_active_response', message: 'no' } },
      { type: 'response.created', response: { id: 'side', conversation_id: null } },
      { type: 'response.done', response: { id: 'side', conversation_id: null } },
    );
    await inFence(voice);
    await outFence(voice);
    expect(server.of('response.create')).toHaveLength(2);
    server.send({ type: 'response.done', response: { id: 'the_other' } });

    await server.frame('response.create', 3);
    expect(probe.all('thread/realtime/error')).toEqual([]);
  });
});
