import { describe, expect, test } from 'vitest';

import type { TurnDetection } from '../../protocol/index.ts';
import { SessionBench, typesOf } from '../testing/bench.ts';
import type { ServerEventBody } from '../lines/index.ts';

const inCall = (): SessionBench => new SessionBench('none', 'call');

function setTurns(bench: SessionBench, turns: TurnDetection): void {
  const audio = { input: { turn_detection: turns } };
  bench.client({ type: 'session.update', session: { type: 'realtime', audio } });
}

function about(events: readonly ServerEventBody[], kind: string): readonly ServerEventBody[] {
  return events.filter(({ type }) => type.startsWith(kind));
}

/** The transcript a message has in the conversation. */
function transcriptOf(bench: SessionBench, itemId: unknown): unknown {
  const entry = bench.state.entries.find(({ item }) => item.id === itemId);
  if (entry?.item.type !== 'message') return undefined;
  return entry.item.content.map((part) => ('transcript' in part ? part.transcript : undefined));
}

describe('the sound of a call', () => {
  test('goes to the track and not to the lines, and its begin and end are told when it is heard', () => {
    const bench = inCall();
    const id = bench.startResponse();
    const said = bench.say(id, 'Hello', 400);
    const done = bench.complete(id);
    const begun = bench.play(20);
    const rest = bench.play(380);

    expect(typesOf(said)).not.toContain('response.output_audio.delta');
    expect(typesOf(done)).toContain('response.output_audio.done');
    expect(about([...said, ...done], 'output_audio_buffer')).toEqual([]);
    expect(begun).toEqual([{ type: 'output_audio_buffer.started', response_id: id }]);
    expect(rest).toEqual([{ type: 'output_audio_buffer.stopped', response_id: id }]);
    expect(bench.state.playout).toEqual([]);
  });

  test('has not stopped while its response may say more', () => {
    const bench = inCall();
    const id = bench.startResponse();
    bench.say(id, 'One', 40);
    expect(typesOf(bench.play(40))).toEqual(['output_audio_buffer.started']);
    bench.say(id, 'Two', 40);
    expect(bench.play(40)).toEqual([]);

    expect(bench.complete(id).at(-1)).toEqual({
      type: 'output_audio_buffer.stopped',
      response_id: id,
    });
  });

  test('of a second response is heard after that of the first, however the two are made', () => {
    const bench = inCall();
    const first = bench.startResponse();
    const second = bench.startResponse({ conversation: 'none' });
    bench.say(first, 'One', 40);
    bench.say(second, 'Aside', 40);
    bench.say(first, 'Two', 40);
    bench.complete(second);
    bench.complete(first);
    const late = bench.take({ type: 'audioSent', responseId: second, sampleCount: 960 });
    const told = [...bench.play(80), ...bench.play(40)];

    expect(late).toEqual([]);
    expect(told).toEqual([
      { type: 'output_audio_buffer.started', response_id: first },
      { type: 'output_audio_buffer.stopped', response_id: first },
      { type: 'output_audio_buffer.started', response_id: second },
      { type: 'output_audio_buffer.stopped', response_id: second },
    ]);
  });

  test('goes on after response.cancel, which stops the making and not the playing', () => {
    const bench = inCall();
    const id = bench.startResponse();
    bench.say(id, 'Hello', 400);
    const cancelled = bench.client({ type: 'response.cancel' });

    expect(typesOf(cancelled)).toContain('response.done');
    expect(about(cancelled, 'output_audio_buffer')).toEqual([]);
    expect(typesOf(bench.play(400))).toEqual([
      'output_audio_buffer.started',
      'output_audio_buffer.stopped',
    ]);
  });

  test('of no response is told about when nothing was said', () => {
    const bench = inCall();
    const id = bench.startResponse();

    expect(about(bench.complete(id), 'output_audio_buffer')).toEqual([]);
  });
});

describe('speaking into the sound of a call', () => {
  test('cuts a running response off where it was heard', () => {
    const bench = inCall();
    const id = bench.startResponse();
    bench.say(id, 'one two three four', 400);
    bench.play(200);
    const itemId = bench.state.responses[0]?.open?.itemId;
    const events = bench.hear(20, { startedMs: 0 });

    expect(typesOf(events)).toEqual([
      'input_audio_buffer.speech_started',
      'output_audio_buffer.cleared',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'conversation.item.truncated',
      'response.done',
      'rate_limits.updated',
    ]);
    expect(events[1]).toEqual({ type: 'output_audio_buffer.cleared', response_id: id });
    expect(events[7]).toEqual({
      type: 'conversation.item.truncated',
      item_id: itemId,
      content_index: 0,
      audio_end_ms: 200,
    });
    expect(events[8]).toMatchObject({
      response: { status: 'cancelled', status_details: { reason: 'turn_detected' } },
    });
    expect(transcriptOf(bench, itemId)).toEqual(['one two']);
    expect(bench.effects).toContainEqual({ type: 'dropAudio', responseId: id });
  });

  test('cuts off what is still being played although its response is done', () => {
    const bench = inCall();
    const id = bench.startResponse();
    bench.say(id, 'one two three four', 400);
    bench.complete(id);
    bench.play(100);
    const events = bench.hear(20, { startedMs: 0 });

    expect(typesOf(events)).toEqual([
      'input_audio_buffer.speech_started',
      'output_audio_buffer.cleared',
      'conversation.item.truncated',
    ]);
    expect(events[2]).toMatchObject({ audio_end_ms: 100 });
    expect(transcriptOf(bench, events[2]?.['item_id'])).toEqual(['one']);
    expect(bench.play(20)).toEqual([]);
  });

  test('leaves a message alone that was heard to the end', () => {
    const bench = inCall();
    const id = bench.startResponse();
    bench.say(id, 'one two', 400);
    bench.complete(id);
    bench.play(400);

    expect(typesOf(bench.hear(20, { startedMs: 0 }))).toEqual([
      'input_audio_buffer.speech_started',
    ]);
  });

  test('takes words away that were written ahead of their sound', () => {
    const bench = inCall();
    const id = bench.startResponse();
    bench.say(id, 'heard', 400);
    bench.take({ type: 'textProduced', responseId: id, text: 'unheard' });
    bench.play(400);
    const events = bench.hear(20, { startedMs: 0 });
    const [truncated] = about(events, 'conversation.item.truncated');

    expect(truncated).toMatchObject({ audio_end_ms: 400 });
    expect(transcriptOf(bench, truncated?.['item_id'])).toEqual(['heard']);
  });

  test('keeps the last word of sound that is no whole number of milliseconds long', () => {
    const bench = inCall();
    const id = bench.startResponse();
    for (const samples of [37, 41, 43, 1000, 7]) {
      bench.take(
        { type: 'textProduced', responseId: id, text: 'word' },
        { type: 'audioProduced', responseId: id, samples: new Int16Array(samples), spoken: true },
      );
    }
    bench.take({ type: 'audioSent', responseId: id, sampleCount: 37 + 41 + 43 + 1000 + 7 });
    const events = bench.hear(20, { startedMs: 0 });

    expect(typesOf(events)).not.toContain('conversation.item.truncated');
    expect(typesOf(events)).toContain('output_audio_buffer.cleared');
  });

  test('does not cut anything off that must not be interrupted', () => {
    const bench = inCall();
    setTurns(bench, { type: 'server_vad', interrupt_response: false });
    const id = bench.startResponse();
    bench.say(id, 'one two', 400);

    expect(typesOf(bench.hear(20, { startedMs: 0 }))).toEqual([
      'input_audio_buffer.speech_started',
    ]);
    expect(bench.state.responses).toHaveLength(1);
  });

  test('cuts off every message that waits to be heard', () => {
    const bench = inCall();
    const first = bench.startResponse();
    bench.say(first, 'one two', 400);
    bench.complete(first);
    const second = bench.startResponse();
    bench.say(second, 'three four', 400);
    bench.complete(second);
    bench.play(300);
    const events = bench.hear(20, { startedMs: 0 });

    expect(about(events, 'output_audio_buffer').map((event) => event['response_id'])).toEqual([
      first,
      second,
    ]);
    expect(
      about(events, 'conversation.item.truncated').map((event) => event['audio_end_ms']),
    ).toEqual([300, 0]);
  });
});

describe('output_audio_buffer.clear', () => {
  test('after response.cancel silences the call and cuts the message', () => {
    const bench = inCall();
    const id = bench.startResponse();
    bench.say(id, 'one two three four', 400);
    bench.play(100);
    bench.client({ type: 'response.cancel' });
    const events = bench.client({ type: 'output_audio_buffer.clear' });

    expect(events).toMatchObject([
      { type: 'output_audio_buffer.cleared', response_id: id },
      { type: 'conversation.item.truncated', audio_end_ms: 100 },
    ]);
  });

  test('ends a response that still runs, whose sound nobody would hear', () => {
    const bench = inCall();
    const id = bench.startResponse();
    bench.say(id, 'one two', 400);
    const events = bench.client({ type: 'output_audio_buffer.clear' });

    expect(events.find(({ type }) => type === 'response.done')).toMatchObject({
      response: { status: 'cancelled', status_details: { reason: 'client_cancelled' } },
    });
    expect(bench.state.responses).toEqual([]);
  });

  test('says nothing when nothing is to be heard, and is refused on a WebSocket', () => {
    expect(inCall().client({ type: 'output_audio_buffer.clear' })).toEqual([]);
    expect(
      new SessionBench().client({ type: 'output_audio_buffer.clear', event_id: 'e' }),
    ).toMatchObject([{ type: 'error', error: { code: 'invalid_value', event_id: 'e' } }]);
  });
});

function half(): { readonly bench: SessionBench; readonly itemId: string } {
  const bench = inCall();
  const id = bench.startResponse();
  bench.say(id, 'one two three four', 400);
  const itemId = bench.state.responses[0]?.open?.itemId ?? '';
  bench.play(200);
  return { bench, itemId };
}

function truncate(bench: SessionBench, itemId: string, endMs: number): readonly ServerEventBody[] {
  return bench.client({
    type: 'conversation.item.truncate',
    item_id: itemId,
    content_index: 0,
    audio_end_ms: endMs,
  });
}

describe('conversation.item.truncate in a call', () => {
  test.for([
    { name: 'before what was sent cuts there', asked: 100, told: 100, left: 'one' },
    { name: 'beyond what was sent cuts at what was sent', asked: 300, told: 200, left: 'one two' },
  ])('$name', ({ asked, told, left }) => {
    const { bench, itemId } = half();
    const events = truncate(bench, itemId, asked);

    expect(about(events, 'conversation.item.truncated')).toEqual([
      {
        type: 'conversation.item.truncated',
        item_id: itemId,
        content_index: 0,
        audio_end_ms: told,
      },
    ]);
    expect(typesOf(events)).toContain('output_audio_buffer.cleared');
    expect(transcriptOf(bench, itemId)).toEqual([left]);
  });

  test('beyond what was ever made is refused, and the sound goes on', () => {
    const { bench, itemId } = half();

    expect(typesOf(truncate(bench, itemId, 401))).toEqual(['error']);
    expect(bench.state.playout).toHaveLength(1);
  });

  test('after it was heard to the end cuts the message alone', () => {
    const { bench, itemId } = half();
    bench.complete(bench.state.responses[0]?.id ?? '');
    bench.play(200);

    expect(typesOf(truncate(bench, itemId, 300))).toEqual(['conversation.item.truncated']);
  });

  test('a message that is deleted while it is heard falls silent', () => {
    const { bench, itemId } = half();
    const events = bench.client({ type: 'conversation.item.delete', item_id: itemId });

    expect(typesOf(events)).toContain('output_audio_buffer.cleared');
    expect(events.at(-1)).toEqual({ type: 'conversation.item.deleted', item_id: itemId });
    expect(bench.state.playout).toEqual([]);
  });
});

describe('the wait for a silent user', () => {
  test('begins when everything was heard', () => {
    const bench = inCall();
    setTurns(bench, { type: 'server_vad', idle_timeout_ms: 5000 });
    const id = bench.startResponse();
    bench.say(id, 'one two', 400);
    bench.complete(id);
    expect(bench.effectTypes()).not.toContain('armIdle');
    bench.play(400);

    expect(bench.effects.at(-1)).toEqual({ type: 'armIdle', delayMs: 5000 });
  });

  test('begins at once after an answer without sound', () => {
    const bench = inCall();
    setTurns(bench, { type: 'server_vad', idle_timeout_ms: 5000 });
    bench.complete(bench.startResponse());

    expect(bench.effects.at(-1)).toEqual({ type: 'armIdle', delayMs: 5000 });
  });
});

describe('lines', () => {
  test('are greeted and corrected one by one', () => {
    const bench = inCall();
    bench.take(
      { type: 'opened', line: 1 },
      { type: 'opened', line: 2 },
      { type: 'clientEvent', event: { type: 'response.cancel' }, line: 2 },
      { type: 'clientEvent', event: { type: 'input_audio_buffer.clear' }, line: 2 },
    );

    expect(
      bench.effects.flatMap((effect) =>
        effect.type === 'send' ? [[effect.event.type, effect.to]] : [],
      ),
    ).toEqual([
      ['session.created', 1],
      ['conversation.created', 1],
      ['session.created', 2],
      ['conversation.created', 2],
      ['error', 2],
      ['input_audio_buffer.cleared', undefined],
    ]);
  });

  test('leave a call running and end a session of their own', () => {
    const call = inCall();
    const socket = new SessionBench();
    call.take({ type: 'disconnected' });
    socket.take({ type: 'disconnected' });

    expect(call.state.phase).toBe('open');
    expect(socket.state.phase).toBe('closed');
  });

  test('are closed with the call, once, and nothing follows', () => {
    const bench = inCall();
    const id = bench.startResponse();
    bench.say(id, 'Hello', 400);
    bench.take({ type: 'ended', code: 1000, reason: 'over' });
    const { length } = bench.effects;
    bench.take(
      { type: 'ended', code: 1011, reason: 'again' },
      { type: 'audioSent', responseId: id, sampleCount: 480 },
    );

    expect(bench.effects).toContainEqual({ type: 'close', code: 1000, reason: 'over' });
    expect(bench.effects).toContainEqual({ type: 'stopResponse', responseId: id });
    expect(bench.effects).toHaveLength(length);
  });
});
