import { describe, expect, test } from 'vitest';

import { inFence, outFence, startTestEngine, TRANSPORTS, voiceOver } from '../../testing/index.ts';

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('an error of the server is told with code, type, param and our event, and the session goes on', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { threadId } = voice;
    const [strict, quiet] = [
      await bench.client({ extensions: {} }),
      await bench.client({ extensions: {}, optOutNotificationMethods: ['warning'] }),
    ];
    for (const probe of [strict, quiet]) await probe.call('thread/resume', { threadId });
    await voice.probe.call('thread/realtime/appendText', { threadId: voice.threadId, text: 'hi' });
    await voice.server.frame('conversation.item.create');
    const eventId = voice.server.eventIdOf('conversation.item.create');
    expect(eventId).not.toBe('');
    voice.server.send({
      type: 'error',
      error: { type: 't', code: 'c', message: 'm', param: 'p', event_id: eventId },
    });
    await inFence(voice);
    await outFence(voice);

    expect(voice.probe.all('thread/realtime/error')).toEqual([]);
    expect(voice.probe.all('thread/realtime/warning')).toEqual([
      {
        threadId: voice.threadId,
        message: 'm',
        code: 'c',
        type: 't',
        param: 'p',
        eventId,
      },
    ]);
    // Who does not know that notification is told by one that every server has.
    expect(strict.all('warning')).toEqual([{ threadId, message: 'm' }]);
    expect([...strict.order, ...quiet.order]).not.toContain('thread/realtime/warning');
    expect(quiet.all('warning')).toEqual([]);
    expect(voice.probe.all('warning')).toEqual([]);
  });

  test('clients hear of responses, usage, limits, expiry, speech and failed recognition', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const usage = { total_tokens: 7 };
    voice.server.send(
      { type: 'session.updated', session: { id: 's', expires_at: 1_800_000_000 } },
      { type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 5 },
      { type: 'input_audio_buffer.speech_stopped', item_id: 'u1', audio_end_ms: 9 },
      { type: 'input_audio_buffer.committed', item_id: 'u1', previous_item_id: null },
      {
        type: 'conversation.item.input_audio_transcription.failed',
        item_id: 'u1',
        error: { message: 'noise' },
      },
      { type: 'response.created', response: { id: 'r1' } },
      { type: 'rate_limits.updated', rate_limits: [{ name: 'tokens', remaining: 1 }] },
      { type: 'response.done', response: { id: 'r1', status: 'completed', usage } },
    );
    await inFence(voice);

    const told = (method: string): unknown => voice.probe.all(`thread/realtime/${method}`)[0];
    expect(told('session/updated')).toMatchObject({ expiresAt: 1_800_000_000 });
    expect(told('speech/started')).toMatchObject({ itemId: 'u1', audioStartMs: 5 });
    expect(told('speech/stopped')).toMatchObject({ itemId: 'u1', audioEndMs: 9 });
    expect(told('input/committed')).toMatchObject({ itemId: 'u1' });
    expect(told('transcript/failed')).toMatchObject({ itemId: 'u1', message: 'noise' });
    expect(told('response/started')).toMatchObject({ responseId: 'r1' });
    expect(told('rateLimits/updated')).toMatchObject({ rateLimits: [{ remaining: 1 }] });
    expect(told('response/completed')).toMatchObject({ responseId: 'r1', usage });
  });
});
