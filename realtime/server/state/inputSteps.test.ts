import { describe, expect, test } from 'vitest';

import type { RealtimeSessionUpdate, TurnDetection } from '../../protocol/index.ts';
import { SessionBench, typesOf } from '../testing/bench.ts';

function withTurns(turns: TurnDetection | null, bench = new SessionBench()): SessionBench {
  const session: RealtimeSessionUpdate = {
    type: 'realtime',
    audio: { input: { turn_detection: turns } },
  };
  bench.client({ type: 'session.update', session });
  bench.sent.length = 0;
  bench.effects.length = 0;
  return bench;
}

describe('a spoken turn', () => {
  test('becomes an item and is answered', () => {
    const bench = new SessionBench();
    bench.userSays('before', 'a');
    const started = bench.hear(1000, { startedMs: 300 });
    const stopped = bench.hear(1000, { stoppedMs: 1900 });
    const itemId = started[0]?.['item_id'];

    expect(started).toEqual([
      { type: 'input_audio_buffer.speech_started', audio_start_ms: 300, item_id: itemId },
    ]);
    expect(typesOf(stopped)).toEqual([
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
    ]);
    expect(stopped.slice(0, 3)).toMatchObject([
      { audio_end_ms: 1900, item_id: itemId },
      { previous_item_id: 'a', item_id: itemId },
      { previous_item_id: 'a', item: { id: itemId, content: [{ type: 'input_audio' }] } },
    ]);
    expect(bench.effects).toContainEqual({
      type: 'keepAudio',
      itemId,
      fromSample: 300 * 24,
      toSample: 1900 * 24,
    });
  });

  test('interrupts the answer before it', () => {
    const bench = new SessionBench();
    const id = bench.startResponse();
    bench.say(id, 'A long story', 400);
    const events = bench.hear(20, { startedMs: 0 });

    expect(typesOf(events)[0]).toBe('input_audio_buffer.speech_started');
    expect(events.at(-2)).toMatchObject({
      type: 'response.done',
      response: {
        id,
        status: 'cancelled',
        status_details: { type: 'cancelled', reason: 'turn_detected' },
      },
    });
  });

  test('waits for an answer that must not be interrupted, and is answered after it', () => {
    const bench = withTurns({ type: 'server_vad', interrupt_response: false });
    const first = bench.startResponse();
    bench.hear(1000, { startedMs: 0, stoppedMs: 900 });
    const ended = bench.take({
      type: 'responseEnded',
      responseId: first,
      outcome: { status: 'completed' },
    });

    expect(typesOf(ended)).toEqual(['response.done', 'rate_limits.updated', 'response.created']);
  });

  test('is only committed when no answer was wanted', () => {
    const bench = withTurns({ type: 'server_vad', create_response: false });
    const events = bench.hear(1000, { startedMs: 0, stoppedMs: 900 });

    expect(typesOf(events)).not.toContain('response.created');
    expect(typesOf(events)).toContain('input_audio_buffer.committed');
  });

  test('never reaches back into the turn before', () => {
    const bench = new SessionBench();
    bench.hear(1000, { startedMs: 0, stoppedMs: 900 });
    const events = bench.hear(500, { startedMs: 700 });

    expect(events[0]).toMatchObject({ audio_start_ms: 900 });
  });

  test('is not noticed twice, nor ended when it never began', () => {
    const bench = new SessionBench();
    expect(bench.hear(100, { stoppedMs: 50 })).toEqual([]);
    bench.hear(100, { startedMs: 150 });
    expect(bench.hear(100, { startedMs: 250 })).toEqual([]);
  });

  test('goes unnoticed while turns are committed by hand', () => {
    const bench = withTurns(null);

    expect(bench.hear(1000, { startedMs: 0, stoppedMs: 900 })).toEqual([]);
  });
});

describe('a commit by hand', () => {
  test('makes an item of all that waits, and no response', () => {
    const bench = withTurns(null);
    bench.hear(500);
    const events = bench.client({ type: 'input_audio_buffer.commit' });

    expect(typesOf(events)).toEqual([
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
    ]);
    expect(bench.state.entries[0]?.audioMs).toBe(500);
  });

  test.for([0, 99])('of %d ms is refused', (lengthMs) => {
    const bench = withTurns(null);
    bench.hear(lengthMs);

    expect(bench.client({ type: 'input_audio_buffer.commit', event_id: 'e' })).toMatchObject([
      { error: { code: 'input_audio_buffer_commit_empty', event_id: 'e' } },
    ]);
  });

  test('finds nothing after a clear', () => {
    const bench = withTurns(null);
    bench.hear(500);
    const cleared = bench.client({ type: 'input_audio_buffer.clear' });
    const [refused] = bench.client({ type: 'input_audio_buffer.commit' });

    expect(cleared).toEqual([{ type: 'input_audio_buffer.cleared' }]);
    expect(refused).toMatchObject({ type: 'error' });
  });
});

describe('the input buffer', () => {
  test('lets old silence go while it listens', () => {
    const bench = new SessionBench();
    for (let second = 0; second < 60; second += 1) bench.hear(1000);

    expect(bench.state.input).toMatchObject({ startSample: 30_000 * 24, endSample: 60_000 * 24 });
    expect(bench.sent).toEqual([]);
  });

  test('is cleared with an error when nobody commits for a quarter of an hour', () => {
    const bench = withTurns(null);
    for (let minute = 0; minute < 16; minute += 1) bench.hear(60_000);

    expect(bench.sent).toMatchObject([
      { type: 'input_audio_buffer.cleared' },
      { type: 'error', error: { code: 'input_audio_buffer_full' } },
    ]);
  });
});

describe('a long silence', () => {
  const idle = { type: 'server_vad', idle_timeout_ms: 6000 } as const;

  test('is counted from the time the answer has been played, and then answered', () => {
    const bench = withTurns(idle);
    bench.hear(8000);
    const id = bench.startResponse();
    bench.say(id, 'Hello', 2000);
    bench.clock.advance(500);
    bench.take({ type: 'responseEnded', responseId: id, outcome: { status: 'completed' } });
    const armed = bench.effects.at(-1);
    const events = bench.take({ type: 'idled' });

    expect(armed).toEqual({ type: 'armIdle', delayMs: 7500 });
    expect(typesOf(events)).toEqual([
      'input_audio_buffer.timeout_triggered',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
    ]);
    expect(events[0]).toMatchObject({ audio_start_ms: 2000, audio_end_ms: 8000 });
  });

  test('ends when somebody speaks, even if the timer fires too late to be stopped', () => {
    const bench = withTurns(idle);
    bench.hear(100, { startedMs: 0 });

    expect(bench.effectTypes()).toContain('disarmIdle');
    expect(bench.take({ type: 'idled' })).toEqual([]);
  });
});
