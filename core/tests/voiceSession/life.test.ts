import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { inFence, outFence, startTestEngine, TRANSPORTS, voiceOver } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const pcm = (samples: number, value: number): string =>
  Buffer.from(new Int16Array(samples).fill(value).buffer).toString('base64');

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('an error of the server is told with all it says, and the session goes on', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    server.send(
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          code: 'x',
          message: 'oops',
          param: 'p',
          event_id: 'e',
        },
      },
      { type: 'error', message: 'top level' },
      { type: 'error' },
    );
    await inFence(voice);
    await outFence(voice);

    expect(probe.all('thread/realtime/warning')).toEqual([
      {
        threadId,
        message: 'oops',
        code: 'x',
        type: 'invalid_request_error',
        param: 'p',
        eventId: 'e',
      },
      expect.objectContaining({ message: 'top level' }),
    ]);
    expect(probe.order).not.toContain('thread/realtime/closed');
  });

  test('unknown, malformed and binary frames are passed over', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, server } = voice;
    server.send(
      'not json',
      '',
      '[]',
      '5',
      '{}',
      { type: 'response.hologram.delta' },
      { type: 'response.output_audio.delta', delta: 5 },
      { type: 'conversation.item.done', item: 'no item' },
    );
    server.sendBinary(new Uint8Array(9));
    await inFence(voice);
    await outFence(voice);

    expect(probe.order).not.toContain('thread/realtime/closed');
    expect(probe.order).not.toContain('thread/realtime/outputAudio/delta');
  });

  test.each([
    [1000, 'bye'],
    [1001, 'going away'],
    [1011, 'internal'],
    [4000, 'own code'],
  ])('a close by the server with %i keeps code and reason', async (code, reason) => {
    await using bench = await startTestEngine();
    const { probe, threadId, server } = await startVoice(bench);
    if (transport === 'webrtc') bench.realtime.refuseNext(404, 'no such call');
    server.close(code, reason);

    expect(await probe.notification('thread/realtime/closed')).toEqual({
      threadId,
      reason: 'transport_closed',
      closeCode: code,
      detail: reason,
    });
    expect(probe.all('thread/realtime/error')).toEqual([]);
  });

  test('a cut link and an expired session are errors, told once, and the session has failed', async () => {
    await using bench = await startTestEngine();
    const first = await startVoice(bench);
    if (transport === 'webrtc') bench.realtime.refuseNext(404, 'no such call');
    first.server.cut();
    expect(await first.probe.notification('thread/realtime/closed')).toMatchObject({
      reason: 'error',
      closeCode: 1006,
    });
    const failed = { item: { type: 'realtimeSessionClosed', outcome: 'failed' } };
    expect(first.probe.all('thread/realtime/error')).toMatchObject([{ fatal: true }]);
    expect(first.probe.all('thread/realtime/item/completed').at(-1)).toMatchObject(failed);

    const second = await startVoice(bench);
    const error = { code: 'session_expired', message: 'Your session hit 60 minutes.' };
    second.server.send({ type: 'error', error }, { type: 'error', error });
    second.server.close(1001, '');
    expect(await second.probe.notification('thread/realtime/closed')).toMatchObject({
      reason: 'error',
      detail: expect.stringContaining('60 minutes'),
    });
    expect(second.probe.all('thread/realtime/closed')).toHaveLength(1);
    expect(second.probe.all('thread/realtime/error')).toMatchObject([{ ...error, fatal: true }]);
    expect(second.probe.all('thread/realtime/item/completed').at(-1)).toMatchObject(failed);
  });

  test('stop says goodbye, and nothing the server sends afterwards is told', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId, server } = await startVoice(bench);
    await probe.call('thread/realtime/stop', { threadId });
    server.send({
      type: 'response.output_text.delta',
      item_id: 'a',
      response_id: 'r',
      delta: 'late',
    });

    expect(await server.closed).toEqual({ code: 1000, reason: 'done' });
    expect(await probe.notification('thread/realtime/closed')).toMatchObject({
      reason: 'requested',
    });
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed', 2);
    expect(probe.order).not.toContain('thread/realtime/transcript/delta');
  });

  test('the log has a line for the start of a session, and one for its end', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId } = await startVoice(bench);
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');
    // Ends in order, which writes what the log still holds.
    await bench.restart();

    const log = await readFile(join(bench.home, 'log', 'parley.log'), 'utf8');
    const lines = log.split('\n').filter((line) => line.includes(threadId));
    const named = (name: string): number => lines.filter((line) => line.includes(name)).length;
    expect([named('thread/realtime/started'), named('thread/realtime/closed')]).toEqual([1, 1]);
  });

  test('sound that a stalled link does not take is dropped, counted, and never holds up a stop', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId, server } = await startVoice(bench);
    server.stall();
    const audio = { data: pcm(24_000, 5), sampleRate: 24_000, numChannels: 1 };
    for (let n = 0; n < 400; n += 1) {
      await probe.call('thread/realtime/appendAudio', { threadId, audio });
    }
    const askedAtMs = performance.now();
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');

    expect(performance.now() - askedAtMs).toBeLessThan(1_000);
    expect(probe.all('thread/realtime/warning')).toMatchObject([
      { message: expect.stringMatching(/\d+ pieces of microphone sound were dropped/u) },
    ]);
  }, 20_000);

  test('only one response is asked for at a time, and one more after its end', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    const say = (text: string): Promise<unknown> =>
      probe.call('thread/realtime/appendText', { threadId, text, respond: true });

    await say('one');
    await server.frame('response.create');
    server.send({ type: 'response.created', response: { id: 'r1', conversation_id: 'c' } });
    await inFence(voice);
    await say('two');
    await say('three');
    await outFence(voice);
    expect(server.of('response.create')).toHaveLength(1);

    server.send(
      { type: 'response.created', response: { id: 'side', conversation_id: null } },
      {
        type: 'response.done',
        response: { id: 'side', status: 'completed', conversation_id: null },
      },
    );
    await inFence(voice);
    await outFence(voice);
    expect(server.of('response.create')).toHaveLength(1);

    server.send({ type: 'response.done', response: { id: 'r1', status: 'completed' } });
    await server.frame('response.create', 2);
    await outFence(voice);
    expect(server.of('response.create')).toHaveLength(2);
  });

  test('a refusal because a response is running puts the want back and is not told', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    await probe.call('thread/realtime/appendText', { threadId, text: 'go', respond: true });
    await server.frame('response.create');
    server.send({
      type: 'error',
      error: {
        code: 'conversation_already_has_active_response',
        message: 'Conversation already has an active response in progress: resp_7.',
        event_id: server.eventIdOf('response.create'),
      },
    });
    await inFence(voice);
    server.send({ type: 'response.done', response: { id: 'resp_7', status: 'completed' } });

    await server.frame('response.create', 2);
    expect(probe.all('thread/realtime/error')).toEqual([]);
  });

  test('a request for a response that nobody answers is sent once more and then given up', async () => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({ clock });
    const { probe, threadId, server } = await startVoice(bench);
    await probe.call('thread/realtime/appendText', { threadId, text: 'go', respond: true });
    await server.frame('response.create');
    clock.advance(10_000);
    await server.frame('response.create', 2);
    clock.advance(10_000);

    const { message } = await probe.notification('thread/realtime/warning');
    expect(message).toContain('does not answer');
  });

  test('the output can be switched while talking', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId, server } = await startVoice(bench);
    await probe.call('thread/realtime/update', { threadId, outputModality: 'text' });

    expect(await server.frame('session.update', 2)).toEqual({
      type: 'session.update',
      session: { type: 'realtime', output_modalities: ['text'] },
    });
  });

  test('an interruption cancels, cuts at what was heard, and late sound is not played', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    const second = pcm(24_000, 1);
    const sound = (item: string, response = 'r1'): Fields & { type: string } => ({
      type: 'response.output_audio.delta',
      item_id: item,
      response_id: response,
      delta: second,
    });
    server.send(
      { type: 'response.created', response: { id: 'r1', conversation_id: 'c' } },
      sound('a1'),
      sound('a2'),
      sound('a3'),
    );
    await inFence(voice);
    await probe.call('thread/realtime/interrupt', {
      threadId,
      heard: [
        { itemId: 'a1', playedMs: 5_000 },
        { itemId: 'a2', playedMs: 400.6 },
        { itemId: 'a3', playedMs: 0 },
        { itemId: 'unknown', playedMs: 10 },
      ],
    });
    await outFence(voice);
    expect(server.frames.slice(1, -1)).toEqual([
      { type: 'response.cancel', response_id: 'r1' },
      ...(transport === 'webrtc' ? [{ type: 'output_audio_buffer.clear' }] : []),
      { type: 'conversation.item.truncate', item_id: 'a2', content_index: 0, audio_end_ms: 401 },
      { type: 'conversation.item.delete', item_id: 'a3' },
    ]);

    const played = probe.all('thread/realtime/outputAudio/delta').length;
    server.send(
      sound('a3'),
      {
        type: 'error',
        error: {
          code: 'response_cancel_not_active',
          message: 'no',
          event_id: server.eventIdOf('response.cancel'),
        },
      },
      { type: 'response.done', response: { id: 'r1', status: 'cancelled' } },
      sound('b1', 'r2'),
    );
    await inFence(voice);
    expect(probe.all('thread/realtime/outputAudio/delta')).toHaveLength(played + 1);
    expect(probe.all('thread/realtime/error')).toEqual([]);
  });
});
