import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import {
  delegation,
  type Frame,
  functionCall,
  inFence,
  outFence,
  startTestEngine,
  TRANSPORTS,
  typedTurn,
  voiceOver,
} from '../../testing/index.ts';

// Rows 1 to 11; row numbers are those of realtime-v2 §19. Row 8 has a file of its own; for row 23 (WebRTC) see
// realtime/COMPATIBILITY.md.

type Fields = Readonly<Record<string, unknown>>;

const hello = [[{ events: messageAnswer('Hello') }]];

/** Samples of silence, base64. */
const sound = (samples: number): string => Buffer.alloc(samples * 2).toString('base64');

const outputs = (frames: readonly Frame[]): readonly (readonly [unknown, unknown])[] =>
  frames.flatMap(({ item }) => {
    const { type, call_id: callId, output } = (item ?? {}) as Fields;
    return type === 'function_call_output' ? [[callId, output] as const] : [];
  });

const delta = (samples: number): Frame => ({
  type: 'response.output_audio.delta',
  item_id: 'a',
  response_id: 'r1',
  delta: sound(samples),
});

/** Two seconds of sound that tell themselves apart. */
function chunk(n: number): string {
  const bytes = Buffer.alloc(96_000);
  bytes.writeUInt16LE(n);
  return bytes.toString('base64');
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('row 1: an error of the server is told with code, type, param and our event, and the session goes on', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
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

    expect(voice.probe.all('thread/realtime/error')).toEqual([
      {
        threadId: voice.threadId,
        message: 'm',
        code: 'c',
        type: 't',
        param: 'p',
        eventId,
        fatal: false,
      },
    ]);
  });

  test('row 2: a hanging upgrade holds up neither turns nor stop, and ends after ten seconds', async () => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({ scripts: hello, clock });
    const probe = await bench.client();
    const threadId = await probe.thread();
    bench.realtime.stallNext();
    await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
    await bench.realtime.upgrade();
    expect(await typedTurn(bench, probe, threadId)).toBe('completed');
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');

    bench.realtime.stallNext();
    await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
    await bench.realtime.upgrade(2);
    clock.advance(10_000);
    expect(await probe.notification('thread/realtime/error')).toMatchObject({ fatal: true });
  });

  test('row 3: a stop is told at once though the link is stalled, and the link is cut a second later', async () => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({ scripts: hello, clock });
    const { probe, threadId, server } = await startVoice(bench);
    server.stall();
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');
    expect(await typedTurn(bench, probe, threadId)).toBe('completed');
    clock.advance(1_000);
    server.resume();

    expect((await server.closed).code).toBe(1000);
    expect(probe.all('thread/realtime/closed')).toHaveLength(1);
  });

  test('row 4: an interruption cuts at what was played, in whole milliseconds, also after the response has ended', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
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

  test('row 5: a clash of responses puts the want back, strangers free nothing, a lost create is sent again', async () => {
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

  test('row 6: failed, interrupted and empty work is answered once each, and never for another call', async () => {
    await using bench = await startTestEngine({
      scripts: [[{ head: { status: 400 } }], [{ stall: true }], ...hello],
    });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    const answered = async (n: number): Promise<void> => {
      await server.until(() => outputs(server.frames).length >= n);
    };
    server.send(delegation('failed', 'one'));
    await answered(1);
    server.send(delegation('interrupted', 'two'));
    await bench.upstream.request(2);
    await probe.call('turn/interrupt', { threadId, turnId: '' });
    await answered(2);
    server.send(functionCall('empty', 'background_agent', '{}'));
    await answered(3);
    server.send(delegation('fine', 'three'));
    await answered(4);
    await outFence(voice);

    expect(outputs(server.frames)).toEqual([
      ['failed', expect.stringContaining('failed')],
      ['interrupted', expect.stringContaining('interrupted')],
      ['empty', expect.stringContaining('Nothing was handed over')],
      ['fine', expect.stringContaining('is done')],
    ]);
  });

  test('row 7: a call of a tool that nobody has is answered, and asks for a response', async () => {
    await using bench = await startTestEngine();
    const { server } = await startVoice(bench);
    server.send(functionCall('call_u', 'no_such_tool', '{}'));
    await server.frame('response.create');

    expect(outputs(server.frames)).toEqual([['call_u', 'There is no tool named no_such_tool.']]);
  });

  test('row 9: a stalled link costs the oldest sound, counted, and the freshest arrives', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    server.stall();
    for (let n = 0; n < 400; n += 1) {
      const data = chunk(n);
      await probe.call('thread/realtime/appendAudio', {
        threadId,
        audio: { data, sampleRate: 24_000, numChannels: 1 },
      });
    }
    server.resume();
    const { message } = await probe.notification('thread/realtime/error');
    await server.until((frame) => frame['audio'] === chunk(399));

    const arrived = server.of('input_audio_buffer.append');
    const dropped = Number(/(\d+) pieces/u.exec(String(message))?.[1]);
    expect(dropped).toBeGreaterThan(0);
    expect(arrived.length + dropped).toBe(400);
  });

  test('row 10: stereo at 48 kHz reaches the server as mono at 24 kHz', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    for (let n = 0; n < 10; n += 1) {
      await probe.call('thread/realtime/appendAudio', {
        threadId,
        audio: { data: sound(9_600), sampleRate: 48_000, numChannels: 2 },
      });
    }
    await outFence(voice);

    const bytes = server
      .of('input_audio_buffer.append')
      .reduce((sum, { audio: data }) => sum + Buffer.from(String(data), 'base64').length, 0);
    // A second of it, less what the resampler still holds.
    expect(bytes / 2).toBeGreaterThan(23_500);
    expect(bytes / 2).toBeLessThanOrEqual(24_000);
  });

  test('row 11: typed words get an answer when one is asked for', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId, server } = await startVoice(bench);
    await probe.call('thread/realtime/appendText', { threadId, text: 'hi', respond: true });

    expect(await server.frame('response.create')).toEqual({ type: 'response.create' });
  });
});
