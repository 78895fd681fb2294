import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import {
  delegation,
  inFence,
  startTestEngine,
  TRANSPORTS,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How many notes about voice a request holds. */
const count = (body: string): number => body.split('<realtime_conversation>').length - 1;

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('the text model hears once that voice began, once that it ended, and what was said meanwhile', async () => {
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Fine') }]] });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    const turnDone = async (n: number): Promise<string> => {
      await probe.turn(threadId, `typed ${n}`);
      await probe.notification('turn/completed', n);
      return JSON.stringify((await bench.upstream.request(n)).body);
    };

    expect(count(await turnDone(1))).toBe(1);
    expect(count(await turnDone(2))).toBe(1);
    server.send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: 'u1',
      content_index: 0,
      transcript: 'never handed over',
    });
    await inFence(voice);
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');

    const third = await turnDone(3);
    expect(count(third)).toBe(2);
    expect(third).toContain('user: never handed over');
    expect(count(await turnDone(4))).toBe(2);
  });

  test('start and end notes of the request are used as they are', async () => {
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Fine') }]] });
    const { probe, threadId } = await startVoice(bench, {
      outputModality: 'text',
      realtimeStartInstructions: 'START NOTE',
      realtimeEndInstructions: 'END NOTE',
    });
    await probe.turn(threadId, 'one');
    await probe.notification('turn/completed');
    await probe.call('thread/realtime/stop', { threadId });
    await probe.turn(threadId, 'two');
    await probe.notification('turn/completed', 2);

    const body = JSON.stringify((await bench.upstream.request(2)).body);
    expect(body).toContain('START NOTE');
    expect(body).toContain('END NOTE');
  });

  test('talk and turns stand in one timeline, the same before and after a restart', async () => {
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Done') }]] });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    const ids = { item_id: 'a1', response_id: 'r1' };
    await probe.call('thread/realtime/appendText', { threadId, text: 'typed' });
    server.send(
      { type: 'response.output_audio_transcript.delta', ...ids, delta: 'Sure' },
      { type: 'response.output_audio_transcript.done', ...ids, transcript: 'Sure.' },
      delegation('call_1', 'work'),
    );
    await server.frame('response.create');
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');

    const before = await probe.call('thread/timeline/list', { threadId });
    const shown = (before['data'] as readonly Fields[]).map(({ type, item }) =>
      type === 'realtime' || type === 'item' ? (item as Fields)['type'] : type,
    );
    expect(shown).toEqual([
      'realtimeSessionStarted',
      'transcriptSegment',
      'transcriptSegment',
      'turnStarted',
      'userMessage',
      'agentMessage',
      'turnCompleted',
      'realtimeSessionClosed',
    ]);
    await bench.restart();
    const later = await bench.client();
    expect(await later.call('thread/timeline/list', { threadId })).toEqual(before);

    const page = await later.call('thread/timeline/list', { threadId, cursor: '2', limit: 3 });
    expect(page).toMatchObject({
      nextCursor: '5',
      activeRealtimeSessionAtPageStart: threadId,
    });
    const end = await later.call('thread/timeline/list', { threadId, fromEnd: true, limit: 3 });
    expect(end).toEqual({
      data: (before['data'] as readonly Fields[]).slice(-3),
      nextCursor: null,
      backwardsCursor: '0',
      activeRealtimeSessionAtPageStart: threadId,
    });
    const { thread } = await later.call('thread/resume', { threadId, excludeTurns: true });
    expect(thread).toMatchObject({ id: threadId, turns: [] });
    expect(
      (await later.ask('thread/timeline/list', { threadId, cursor: 'x' })).error?.message,
    ).toBe('invalid cursor: x');
  });

  test('an engine that ends in the middle of work and talk leaves both ended in the file', async () => {
    await using bench = await startTestEngine({ scripts: [[{ stall: true }]] });
    const { probe, threadId, server } = await startVoice(bench);
    server.send(delegation('call_1', 'work'), {
      type: 'response.output_text.delta',
      item_id: 'a1',
      response_id: 'r1',
      delta: 'One mom',
    });
    await bench.upstream.request(1);
    await probe.notification('thread/realtime/transcript/delta');
    await bench.restart();
    await server.closed;

    const later = await bench.client();
    const { thread } = await later.call('thread/read', { threadId, includeTurns: true });
    expect(thread).toMatchObject({ turns: [{ status: 'interrupted' }] });
    const { data } = await later.call('thread/timeline/list', { threadId });
    const lines = (data as readonly Fields[]).flatMap(({ type, item }) =>
      type === 'realtime' ? [item as Fields] : [],
    );
    expect(lines).toMatchObject([
      { type: 'realtimeSessionStarted' },
      { type: 'transcriptSegment', text: 'One mom' },
      { type: 'realtimeSessionClosed', outcome: 'ended' },
    ]);
  });
});
