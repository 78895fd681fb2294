import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import {
  delegation,
  inFence,
  startTestEngine,
  TRANSPORTS,
  voiceOver,
} from '../../testing/index.ts';

const NOBODY = '0198c2f0-0000-7000-8000-000000000000';
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

  test('the timeline is read as the peer reads it, too: the newest page, then older ones', async () => {
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Done') }]] });
    const probe = await bench.client();
    const threadId = await probe.thread();
    const turnId = await probe.turn(threadId, 'Hi');
    await probe.notification('turn/completed');
    const newest = await probe.call('thread/timeline/list', { threadId, limit: 3 });
    expect(newest['data']).toMatchObject([
      { type: 'item', position: 1 },
      { type: 'item', position: 2 },
      { type: 'turnCompleted', turnId, status: 'completed', durationMs: expect.any(Number) },
    ]);
    const cursor = String(newest['nextCursor']);
    const older = await probe.call('thread/timeline/list', { threadId, limit: 3, cursor });
    expect(older).toMatchObject({
      data: [{ type: 'turnStarted', turnId, startedAt: expect.any(Number) }],
      nextCursor: null,
    });
  });

  test('what was said by voice can be listed alone, by session, by time, page by page', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId } = await startVoice(bench);
    await probe.call('thread/realtime/appendText', { threadId, text: 'typed' });
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');
    const list = async (more: Fields = {}): Promise<Fields> =>
      probe.call('thread/realtime/list', { threadId, ...more });

    const all = await list();
    const data = all['data'] as readonly { position: number; item: Fields }[];
    expect(data.map(({ item }) => item['type'])).toEqual([
      'realtimeSessionStarted',
      'transcriptSegment',
      'realtimeSessionClosed',
    ]);
    expect(all).toMatchObject({ nextCursor: null, snapshotEnd: 3, coverage: 'ready' });
    const at = Number(data[0]?.item['observedAtMs']);
    const first = await list({ limit: 1 });
    expect(first['data']).toEqual(data.slice(0, 1));
    expect((await list({ cursor: first['nextCursor'] }))['data']).toEqual(data.slice(1));
    expect((await list({ afterPosition: 1 }))['data']).toEqual(data.slice(2));
    expect((await list({ snapshotEnd: 1 }))['data']).toEqual(data.slice(0, 1));
    expect((await list({ sessionId: 'another' }))['data']).toEqual([]);
    expect((await list({ fromObservedAtMs: at }))['data']).toEqual(data);
    expect((await list({ toObservedAtMs: at }))['data']).toEqual([]);
    expect((await list({ eventId: data[1]?.item['id'] }))['data']).toEqual(data.slice(1, 2));
    for (const missing of [{ eventId: 'x' }, { requiredThroughPosition: 3 }]) {
      expect(await list(missing)).toMatchObject({ data: [], coverage: 'pending' });
    }
    expect(await list({ threadId: NOBODY })).toMatchObject({ data: [], coverage: 'unsupported' });
    const { error } = await probe.ask('thread/realtime/list', { threadId, cursor: 'zz' });
    expect(error).toEqual({ code: -32_600, message: 'invalid realtime cursor' });
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
