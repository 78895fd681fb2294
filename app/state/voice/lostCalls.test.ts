import { describe, expect, test, vi } from 'vitest';

import {
  callingAssistant,
  joinCall,
  type ReadyAssistant,
  readyAssistant,
  started,
  threadId,
  waitFor,
} from '../../testing/index.ts';

const stored = (settings: object): Record<string, string> => ({
  'parley.settings': JSON.stringify(settings),
});
const auto = stored({ connection: 'auto' });

const transports = ({ engine }: ReadyAssistant): readonly unknown[] =>
  engine.asked('thread/realtime/start').map(({ transport }) => transport);

const phaseIs = async ({ assistant }: ReadyAssistant, phase: string): Promise<unknown> =>
  waitFor(assistant.voice.state, (state) => state.phase === phase);

const wayIs = async ({ assistant }: ReadyAssistant, phase: string): Promise<unknown> =>
  waitFor(assistant.voice.link, (state) => state.phase === phase);

/** The engine has answered what it was asked so far: its answers arrive within one task. */
const answersArrived = async (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve);
  });

const said = ({ assistant }: ReadyAssistant): string =>
  assistant.announcer.current.getSnapshot().text;

describe('where a call finds no way', () => {
  test.for<[string, (parts: ReadyAssistant) => Promise<void>, string]>([
    [
      'the browser knows no calls',
      async ({ media, assistant }) => {
        media.canCall = false;
        await assistant.voice.start();
      },
      'this browser cannot make calls',
    ],
    [
      'the call is refused',
      async ({ engine, assistant }) => {
        await assistant.voice.start();
        engine.notify('thread/realtime/error', { threadId, message: 'No calls.', fatal: true });
        engine.notify('thread/realtime/closed', { threadId, reason: 'error' });
      },
      'the call was refused: No calls',
    ],
    [
      'the browser cannot use the answer',
      async ({ engine, media, assistant }) => {
        await assistant.voice.start();
        const [call] = media.calls;
        if (call !== undefined) call.answerFault = new Error('the answer makes no sense');
        engine.notify('thread/realtime/started', started);
        engine.notify('thread/realtime/sdp', { threadId, sdp: '?' });
      },
      'the answer makes no sense',
    ],
    [
      'nothing comes through for eight seconds',
      async (parts) => {
        const { engine, clock, assistant } = parts;
        await assistant.voice.start();
        engine.notify('thread/realtime/started', started);
        engine.notify('thread/realtime/sdp', { threadId, sdp: 'answer' });
        await wayIs(parts, 'joining');
        clock.advance(7_999);
        expect(assistant.voice.link.getSnapshot().phase).toBe('joining');
        clock.advance(1);
      },
      'the call found no way through the network',
    ],
  ])('the conversation goes over WebSocket and says why: %s', async ([, happen, why]) => {
    const parts = await readyAssistant(auto);
    await happen(parts);
    await wayIs(parts, 'socket');
    await vi.waitFor(() => {
      expect(transports(parts).at(-1)).toEqual({ type: 'websocket' });
    });
    await answersArrived();
    parts.engine.notify('thread/realtime/stage', { threadId, stage: 'ready' });
    // The session of the call says farewell when the other one has opened.
    parts.engine.notify('thread/realtime/closed', { threadId, reason: 'requested' });
    parts.engine.notify('thread/realtime/started', started);
    await phaseIs(parts, 'live');

    expect(said(parts)).toBe(`Talking over WebSocket, because ${why}.`);
    expect(parts.assistant.voice.link.getSnapshot().why).toBe(why);
    expect(parts.media.calls.every(({ state }) => state === 'closed')).toBe(true);
  });

  test('what was said meanwhile goes along', async () => {
    const parts = await readyAssistant(auto);
    const { engine, media, assistant } = parts;
    await assistant.voice.start();
    for (let at = 0; at < 10; at += 1) media.capture(900);
    engine.notify('thread/realtime/error', { threadId, message: 'No calls.', fatal: true });
    await wayIs(parts, 'socket');
    engine.notify('thread/realtime/started', started);

    await vi.waitFor(() => {
      expect(engine.asked('thread/realtime/appendAudio')).toHaveLength(5);
    });
  });

  test('and only a call was wanted, it says what to do', async () => {
    const parts = await readyAssistant(stored({ connection: 'webrtc' }));
    await parts.assistant.voice.start();

    parts.engine.notify('thread/realtime/error', { threadId, message: 'No calls.', fatal: true });

    expect(parts.assistant.voice.state.getSnapshot()).toEqual({
      phase: 'failed',
      error: {
        message: 'The call was refused: No calls.',
        hint: 'Try again, or choose Automatic or WebSocket as connection.',
      },
    });
    expect(parts.media.closed).toBe(true);
  });

  test('an answer to an offer that is over is not taken for the next one', async () => {
    const parts = await readyAssistant(auto);
    await parts.assistant.voice.start();
    await parts.assistant.voice.end();
    const again = parts.assistant.voice.start();
    parts.engine.notify('thread/realtime/sdp', { threadId, sdp: 'of the first' });
    await again;

    expect(parts.assistant.voice.link.getSnapshot().phase).toBe('asking');
    expect(parts.media.calls.flatMap(({ accepted }) => accepted)).toEqual([]);
  });
});

describe('a call that is lost', () => {
  test('is waited for calmly, and goes on when it comes back', async () => {
    const parts = await callingAssistant();
    const [call] = parts.media.calls;

    call?.become('disconnected');
    parts.clock.advance(4_900);
    expect(parts.assistant.voice.link.getSnapshot().phase).toBe('unsure');
    expect(parts.assistant.voice.state.getSnapshot()).toMatchObject({ relink: undefined });
    call?.become('connected');
    parts.clock.advance(10_000);

    expect(parts.media.calls).toHaveLength(1);
    expect(parts.assistant.voice.state.getSnapshot().phase).toBe('live');
  });

  test.for<[string, (parts: ReadyAssistant) => void]>([
    [
      'after five seconds without it',
      ({ media, clock }) => {
        media.calls[0]?.become('disconnected');
        clock.advance(5_000);
      },
    ],
    ['at once when it failed', ({ media }) => media.calls[0]?.become('failed')],
  ])('is replaced %s, in the same conversation', async ([, lose]) => {
    const parts = await callingAssistant();
    const { engine, assistant } = parts;
    lose(parts);
    await waitFor(
      assistant.voice.state,
      (state) => state.phase === 'live' && state.relink !== undefined,
    );
    expect(said(parts)).toContain('Reconnecting');
    await wayIs(parts, 'asking');

    engine.notify('thread/realtime/stage', { threadId, stage: 'connecting' });
    engine.notify('thread/realtime/closed', { threadId, reason: 'requested' });
    await joinCall(parts);
    await waitFor(
      assistant.voice.state,
      (state) => state.phase === 'live' && state.relink === undefined,
    );

    expect(engine.asked('thread/realtime/start').map(({ threadId: id }) => id)).toEqual([
      threadId,
      threadId,
    ]);
    expect(parts.media.calls.map(({ state }) => state)).toEqual(['closed', 'connected']);
    expect(said(parts)).toBe('Connected again.');
  });

  test('leaves what it was saying marked as not heard', async () => {
    const parts = await callingAssistant();
    const { engine, assistant } = parts;
    engine.notify('thread/realtime/outputAudioBuffer/started', { threadId, responseId: 'r1' });
    engine.notify('thread/realtime/transcript/done', {
      threadId,
      role: 'assistant',
      text: 'A sentence that nobody hears.',
      itemId: 'a1',
      responseId: 'r1',
    });

    parts.media.calls[0]?.become('failed');

    expect(assistant.voice.playback.ledger.getSnapshot().items.get('a1')).toMatchObject({
      playedMs: 0,
      cut: true,
    });
    expect(assistant.voice.state.getSnapshot()).toMatchObject({ playing: false });
  });

  test('and cannot be had again goes on over WebSocket', async () => {
    const parts = await callingAssistant();
    const { engine, assistant } = parts;
    parts.media.calls[0]?.become('failed');
    await wayIs(parts, 'asking');
    await answersArrived();
    // The engine goes on with the session that runs, and says so.
    engine.notify('thread/realtime/error', { threadId, message: 'Not now.', fatal: false });
    engine.notify('thread/realtime/stage', { threadId, stage: 'ready' });
    await wayIs(parts, 'socket');
    await answersArrived();
    expect(transports(parts).at(-1)).toEqual({ type: 'websocket' });
    engine.notify('thread/realtime/closed', { threadId, reason: 'requested' });
    engine.notify('thread/realtime/started', started);
    engine.notify('thread/realtime/stage', { threadId, stage: 'ready' });

    expect(assistant.voice.state.getSnapshot()).toMatchObject({
      phase: 'live',
      relink: undefined,
    });
    expect(assistant.voice.link.getSnapshot().why).toBe('the call was refused: Not now');
  });

  test('whose replacement over WebSocket is refused too ends in words', async () => {
    const parts = await callingAssistant();
    const { engine } = parts;
    parts.media.calls[0]?.become('failed');
    await wayIs(parts, 'asking');
    engine.notify('thread/realtime/error', { threadId, message: 'Not now.', fatal: true });
    await wayIs(parts, 'socket');
    await vi.waitFor(() => {
      expect(transports(parts)).toHaveLength(3);
    });
    await answersArrived();
    engine.notify('thread/realtime/error', { threadId, message: 'Not at all.', fatal: false });
    engine.notify('thread/realtime/stage', { threadId, stage: 'ready' });

    expect(parts.assistant.voice.state.getSnapshot()).toMatchObject({
      phase: 'failed',
      error: { message: 'Not at all.' },
    });
  });

  test('is looked after when the network comes back', async () => {
    const parts = await callingAssistant();
    const [call] = parts.media.calls;

    parts.network.dispatchEvent(new Event('online'));
    await wayIs(parts, 'call');
    if (call !== undefined) call.alive = false;
    parts.network.dispatchEvent(new Event('online'));
    await wayIs(parts, 'asking');

    expect(parts.media.calls).toHaveLength(2);
  });

  test('with the engine, whose session went on and is kept instead of a call, goes over WebSocket', async () => {
    const parts = await callingAssistant();
    parts.engine.drop();
    await phaseIs(parts, 'reconnecting');
    parts.clock.advance(400);
    await wayIs(parts, 'asking');
    await answersArrived();
    parts.engine.notify('thread/realtime/error', { threadId, message: 'No calls.', fatal: false });
    parts.engine.notify('thread/realtime/stage', { threadId, stage: 'ready' });
    await wayIs(parts, 'socket');
    await answersArrived();
    parts.engine.notify('thread/realtime/closed', { threadId, reason: 'requested' });
    parts.engine.notify('thread/realtime/started', started);
    await phaseIs(parts, 'live');

    expect(transports(parts).at(-1)).toEqual({ type: 'websocket' });
  });

  test('with the engine comes back with it', async () => {
    const parts = await callingAssistant();
    parts.engine.drop();
    await phaseIs(parts, 'reconnecting');
    expect(parts.media.calls[0]?.state).toBe('closed');

    parts.clock.advance(400);
    await joinCall(parts);
    await phaseIs(parts, 'live');

    expect(transports(parts)).toEqual([
      { type: 'webrtc', sdp: 'offer 1' },
      { type: 'webrtc', sdp: 'offer 2' },
    ]);
  });
});

test('200 conversations leave no call, no microphone and no timer', async () => {
  const parts = await callingAssistant();
  const before = parts.clock.pending;
  await parts.assistant.voice.end();
  for (let round = 0; round < 200; round += 1) {
    const starting = parts.assistant.voice.start();
    if (round % 3 !== 0) {
      await starting;
      await joinCall(parts);
    }
    await parts.assistant.voice.end();
    await starting;
  }

  expect(parts.media.calls.filter(({ state }) => state !== 'closed')).toEqual([]);
  expect(parts.media.closed).toBe(true);
  expect(parts.clock.pending).toBeLessThanOrEqual(before);
  expect(parts.assistant.voice.link.getSnapshot().phase).toBe('idle');
});
