import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import {
  delegation,
  type Frame,
  functionCall,
  inFence,
  loose,
  outFence,
  startTestEngine,
  TRANSPORTS,
  typedTurn,
  voiceOver,
} from '../../testing/index.ts';

// Rows 12 to 25; row numbers are those of realtime-v2 §19. Row 8 has a file of its own; for row 23 (WebRTC) see
// realtime/COMPATIBILITY.md.

type Fields = Readonly<Record<string, unknown>>;

const hello = [[{ events: messageAnswer('Hello') }]];
const audio = { data: 'AQA=', sampleRate: 24_000, numChannels: 1 };

const outputs = (frames: readonly Frame[]): readonly (readonly [unknown, unknown])[] =>
  frames.flatMap(({ item }) => {
    const { type, call_id: callId, output } = (item ?? {}) as Fields;
    return type === 'function_call_output' ? [[callId, output] as const] : [];
  });

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice, talk } = voiceOver(transport);

  test('row 13: a new start opens first and swaps then, a failed one costs nothing, not even what was said', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    bench.realtime.refuseNext(500, 'no');
    probe.send({
      id: 'failing',
      method: 'thread/realtime/start',
      params: { threadId, outputModality: 'audio' },
    });
    await probe.call('thread/realtime/appendText', { threadId, text: 'meanwhile' });
    expect(await probe.notification('thread/realtime/error')).toMatchObject({ fatal: false });
    await server.frame('conversation.item.create');
    expect(JSON.stringify(server.frames.at(-1))).toContain('[USER] meanwhile');

    await talk(bench, probe, threadId);
    expect(await server.closed).toEqual({ code: 1000, reason: 'done' });
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed', 2);
    expect(loose(probe)).toEqual([]);
  });

  test('row 14: a stop says goodbye with code 1000', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId, server } = await startVoice(bench);
    await probe.call('thread/realtime/stop', { threadId });

    expect(await server.closed).toEqual({ code: 1000, reason: 'done' });
  });

  test('row 15: small frames behind each other do not wait for an acknowledgement', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const voice = await startVoice(bench);
    const tookMs: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      voice.server.send(functionCall(`call_${n}`, 'no_such_tool', '{}'));
      await voice.server.until(() => outputs(voice.server.frames).length > n);
      const fromMs = performance.now();
      await voice.server.frame('response.create', n + 1);
      tookMs.push(performance.now() - fromMs);
      voice.server.send(
        { type: 'response.created', response: { id: `r${n}` } },
        { type: 'response.done', response: { id: `r${n}` } },
      );
      await inFence(voice);
    }

    // The peer's second frame comes 40 ms after the first, every time.
    expect(Math.min(...tookMs)).toBeLessThan(20);
  });

  test('row 16: words that come late find their own line, and nothing is doubled', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const voice = await startVoice(bench);
    const transcription = 'conversation.item.input_audio_transcription';
    voice.server.send(
      { type: 'input_audio_buffer.committed', item_id: 'u1', previous_item_id: null },
      { type: `${transcription}.delta`, item_id: 'u1', content_index: 0, delta: 'u' },
      {
        type: 'conversation.item.added',
        previous_item_id: 'u1',
        item: { id: 'a1', type: 'message', role: 'assistant' },
      },
      { type: 'response.output_audio_transcript.delta', item_id: 'a1', delta: 'Yes' },
      { type: `${transcription}.delta`, item_id: 'u1', content_index: 0, delta: '2' },
      { type: 'response.output_audio_transcript.done', item_id: 'a1', transcript: 'Yes.' },
      {
        type: `${transcription}.completed`,
        item_id: 'u1',
        content_index: 0,
        transcript: 'u2 final',
      },
      delegation('call_1', 'do it'),
    );
    await voice.server.frame('response.create');

    const [request] = bench.upstream.requests;
    expect(JSON.stringify(request?.body)).toContain(
      JSON.stringify('<transcript_delta>user: u2 final\nassistant: Yes.\nuser: do it<').slice(
        1,
        -1,
      ),
    );
  });

  test('row 17: words that were never handed over reach the text thread when voice ends', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    server.send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: 'u1',
      content_index: 0,
      transcript: 'remember the milk',
    });
    await inFence(voice);
    await probe.call('thread/realtime/stop', { threadId });
    await typedTurn(bench, probe, threadId);

    expect(JSON.stringify(bench.upstream.requests[0]?.body)).toContain('user: remember the milk');
  });

  test('row 18: clients hear of responses, usage, limits, expiry, speech and failed recognition', async () => {
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

  test('row 20: nothing of other threads, of the home folder or of the machine goes along', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const other = await startVoice(bench);
    await other.probe.turn(other.threadId, 'a secret of another thread');
    await other.probe.notification('turn/completed');
    const { server } = await startVoice(bench, { outputModality: 'audio', prompt: null });

    expect((server.frames[0]?.['session'] as Fields | undefined)?.['instructions']).toBe('');
  });

  test('row 21: the page shows the plain request, the model reads the wrapper', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const { probe, server } = await startVoice(bench);
    server.send(delegation('call_1', 'tidy up'));
    await server.frame('response.create');

    const shown = probe.all('item/completed').map(({ item }) => JSON.stringify(item));
    expect(shown[0]).toContain('"text":"tidy up"');
    expect(shown.join('')).not.toContain('realtime_delegation');
    expect(JSON.stringify(bench.upstream.requests[0]?.body)).toContain('<realtime_delegation>');
  });

  test('row 22: a repeated call id runs once and is answered once', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const voice = await startVoice(bench);
    voice.server.send(delegation('same', 'work'), delegation('same', 'work'));
    await voice.server.frame('response.create');
    voice.server.send(delegation('same', 'work'));
    await inFence(voice);
    await outFence(voice);

    expect(outputs(voice.server.frames)).toHaveLength(1);
    expect(bench.upstream.requests).toHaveLength(1);
  });

  test('row 24: a message of 17 MiB is one message', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const text = 'x'.repeat(17 * 1024 * 1024);
    voice.server.send({ type: 'response.output_text.done', item_id: 'a', text });
    await inFence(voice);

    const [told] = voice.probe.all('thread/realtime/transcript/done');
    expect(String(told?.['text'])).toHaveLength(text.length);
    await voice.probe.call('thread/realtime/appendAudio', { threadId: voice.threadId, audio });
    await voice.server.frame('input_audio_buffer.append');
  });

  test('row 25: the prompt of the request wins over the configured one', async () => {
    await using bench = await startTestEngine({
      config: 'experimental_realtime_ws_backend_prompt = "configured"',
    });
    const asked = await startVoice(bench, { outputModality: 'audio', prompt: 'asked' });
    const none = await startVoice(bench, { outputModality: 'audio', prompt: '' });

    expect(asked.server.frames[0]?.['session']).toMatchObject({ instructions: 'asked' });
    expect(none.server.frames[0]?.['session']).toMatchObject({ instructions: '' });
  });
});

// A call mends its own link, so that what ends a socket of its own does not end it: see voiceCalls.test.ts.
const overSocket = voiceOver('websocket');

test('row 12: a drop keeps code and reason, a refusal status and text, and a session can go on', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const first = await overSocket.startVoice(bench);
  first.server.close(4008, 'too many');
  expect(await first.probe.notification('thread/realtime/closed')).toMatchObject({
    closeCode: 4008,
    detail: 'too many',
  });
  bench.realtime.refuseNext(429, 'slow down');
  await first.probe.call('thread/realtime/start', {
    threadId: first.threadId,
    outputModality: 'audio',
  });
  expect(await first.probe.notification('thread/realtime/error')).toMatchObject({
    message: expect.stringMatching(/429.*slow down/u),
  });

  const second = await overSocket.startVoice(bench, { outputModality: 'audio', reconnect: true });
  second.server.cut();
  await second.probe.notification(
    'thread/realtime/stage',
    1,
    ({ stage }) => stage === 'reconnecting',
  );
  clock.advance(150);
  await (await bench.realtime.session(3)).frame('session.update');
});

test('row 19: a link that has silently gone is noticed by its missing pongs', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const { probe, server } = await overSocket.startVoice(bench);
  server.stall();
  for (let n = 0; n < 3; n += 1) clock.advance(20_000);

  expect(await probe.notification('thread/realtime/closed')).toMatchObject({
    reason: 'error',
    detail: 'no sign of life for 40 s',
  });
});
