import { describe, expect, test } from 'vitest';

import type { RealtimeSessionUpdate } from '../../protocol/index.ts';
import type { NonAudioClientEvent, ServerEventBody } from '../lines/index.ts';
import { SessionBench, typesOf } from '../testing/bench.ts';
import type { Effect, Input } from './state.ts';

const EVENT = 'conversation.item.input_audio_transcription';
const WITHIN_MS = 3000;

type BenchOptions = {
  readonly told: boolean;
  readonly needed: boolean;
  /** Settings of turn detection; `null` switches it off. */
  readonly turns: object | null;
};

/** A session that is told the words, or whose model alone gets them. */
function makeBench(
  words: 'none' | 'model' | 'recogniser',
  { told = true, needed = false, turns = {} }: Partial<BenchOptions> = {},
): SessionBench {
  const bench = new SessionBench(words, 'client', needed ? WITHIN_MS : undefined);
  const session: RealtimeSessionUpdate = {
    type: 'realtime',
    audio: {
      input: {
        transcription: told ? { model: 'whisper-1' } : null,
        turn_detection: turns === null ? null : { type: 'server_vad', ...turns },
      },
    },
  };
  bench.client({ type: 'session.update', session });
  bench.sent.length = 0;
  bench.effects.length = 0;
  return bench;
}

function asks(transcription: { readonly model: string } | null): NonAudioClientEvent {
  return {
    type: 'session.update',
    session: { type: 'realtime', audio: { input: { transcription } } },
  };
}

/** Speaks one turn of 900 ms and returns the id of its item. */
function speak(bench: SessionBench): string {
  const baseMs = bench.state.input.endSample / 24;
  bench.hear(1000, { startedMs: baseMs, stoppedMs: baseMs + 900 });
  return bench.state.entries.at(-1)?.item.id ?? '';
}

function begin(bench: SessionBench): string {
  bench.hear(100, { startedMs: bench.state.input.endSample / 24 });
  return bench.state.input.speech?.itemId ?? '';
}

function wordEffects(bench: SessionBench): readonly Effect['type'][] {
  return bench.effectTypes().filter((type) => type.endsWith('Transcription'));
}

function wordEvents(events: readonly ServerEventBody[]): readonly object[] {
  return events
    .filter(({ type }) => type.startsWith(EVENT))
    .map(({ type, delta, transcript, error }) => {
      if (error !== undefined) return { failed: (error as { readonly code: string }).code };
      return type === `${EVENT}.delta` ? { delta } : { completed: transcript };
    });
}

/** The words of every turn that the model was asked with, once for each time it was asked. */
function asked(bench: SessionBench): readonly (readonly (string | undefined)[])[] {
  return bench.effects.flatMap((effect) =>
    effect.type === 'startResponse'
      ? [effect.items.map(({ words }) => (words?.state === 'known' ? words.text : undefined))]
      : [],
  );
}

/** The items that the model was asked with last. */
function readItems(bench: SessionBench): readonly string[] {
  const start = bench.effects.findLast((effect) => effect.type === 'startResponse');
  return start?.items.map(({ item }) => item.id) ?? [];
}

describe('words that the client asked for', () => {
  test('are told while the turn is said, and completed after it', () => {
    const bench = makeBench('recogniser');
    const itemId = begin(bench);
    const during = bench.take({ type: 'wordsHeard', itemId, delta: 'list the' });
    bench.hear(1000, { stoppedMs: 1000 });
    const after = bench.take(
      { type: 'wordsHeard', itemId, delta: ' primes' },
      { type: 'transcribed', itemId, text: 'list the primes up to fifty' },
    );

    expect(during).toEqual([
      { type: `${EVENT}.delta`, item_id: itemId, content_index: 0, delta: 'list the' },
    ]);
    expect(after).toMatchObject([
      { type: `${EVENT}.delta`, delta: ' primes' },
      { type: `${EVENT}.delta`, delta: ' up to fifty' },
      {
        type: `${EVENT}.completed`,
        item_id: itemId,
        transcript: 'list the primes up to fifty',
        usage: { type: 'duration', seconds: 1 },
      },
    ]);
    expect(bench.state.entries[0]?.item).toMatchObject({
      content: [{ transcript: 'list the primes up to fifty' }],
    });
  });

  test('are recognised from the first sound of the turn to its last', () => {
    const bench = makeBench('recogniser');
    bench.hear(1000, { startedMs: 300 });
    bench.hear(1000, { stoppedMs: 1900 });
    const itemId = bench.state.entries[0]?.item.id;

    expect(bench.effects).toContainEqual(
      expect.objectContaining({ type: 'beginTranscription', itemId, fromSample: 300 * 24 }),
    );
    expect(bench.effects).toContainEqual({
      type: 'endTranscription',
      itemId,
      toSample: 1900 * 24,
    });
    // The sound is let go only when the recogniser has all of it.
    const types = bench.effectTypes();
    expect(types.indexOf('endTranscription')).toBeLessThan(types.indexOf('dropInput'));
  });

  test('that come out other than they began are corrected by the complete ones', () => {
    const bench = makeBench('recogniser');
    const itemId = speak(bench);
    bench.take({ type: 'wordsHeard', itemId, delta: 'counter' });
    const done = bench.take({ type: 'transcribed', itemId, text: 'count to ten' });

    expect(wordEvents(done)).toEqual([{ completed: 'count to ten' }]);
  });

  test('come once, whatever is repeated or comes late', () => {
    const bench = makeBench('recogniser');
    const itemId = speak(bench);
    bench.take({ type: 'transcribed', itemId, text: 'hello' });
    const late = bench.take(
      { type: 'transcribed', itemId, text: 'other' },
      { type: 'wordsHeard', itemId, delta: 'more' },
      { type: 'transcriptionFailed', itemId, code: 'x', message: 'y' },
      { type: 'wordsOverdue', itemId },
      { type: 'wordsHeard', itemId: 'unknown', delta: 'more' },
    );

    expect(late).toEqual([]);
    expect(wordEffects(bench)).toEqual(['beginTranscription', 'endTranscription']);
  });

  test('of a turn may come after the next one began, and each is told with its own item', () => {
    const bench = makeBench('recogniser');
    const first = speak(bench);
    const second = begin(bench);
    const mixed = bench.take(
      { type: 'wordsHeard', itemId: second, delta: 'two' },
      { type: 'transcribed', itemId: first, text: 'one' },
      { type: 'wordsHeard', itemId: second, delta: ' more' },
    );

    expect(mixed.map((event) => [event['item_id'], event['delta'] ?? event['transcript']])).toEqual(
      [
        [second, 'two'],
        [first, 'one'],
        [first, 'one'],
        [second, ' more'],
      ],
    );
  });

  test.for<[string, (bench: SessionBench) => unknown]>([
    ['a clear', (bench) => bench.client({ type: 'input_audio_buffer.clear' })],
    [
      'other turn detection',
      (bench) =>
        bench.client({
          type: 'session.update',
          session: { type: 'realtime', audio: { input: { turn_detection: null } } },
        }),
    ],
  ])('are not wanted any more after %s in the middle of the turn', ([, cut]) => {
    const bench = makeBench('recogniser');
    const itemId = begin(bench);
    cut(bench);
    const late = bench.take(
      { type: 'wordsHeard', itemId, delta: 'late' },
      { type: 'transcribed', itemId, text: 'late' },
    );

    expect(wordEffects(bench)).toEqual(['beginTranscription', 'cancelTranscription']);
    expect(late).toEqual([]);
  });

  test('of an item that was deleted are dropped', () => {
    const bench = makeBench('recogniser');
    const itemId = speak(bench);
    bench.client({ type: 'conversation.item.delete', item_id: itemId });

    expect(bench.take({ type: 'transcribed', itemId, text: 'late' })).toEqual([]);
    expect(wordEffects(bench).at(-1)).toBe('cancelTranscription');
  });

  test('of a turn that is committed by hand while it is said end there', () => {
    const bench = makeBench('recogniser');
    const itemId = begin(bench);
    bench.client({ type: 'input_audio_buffer.commit' });

    expect(wordEffects(bench)).toEqual(['beginTranscription', 'endTranscription']);
    expect(bench.state.entries[0]?.item.id).toBe(itemId);
    expect(wordEvents(bench.take({ type: 'transcribed', itemId, text: 'so' }))).toEqual([
      { delta: 'so' },
      { completed: 'so' },
    ]);
  });

  test('are recognised from a commit by hand where no turns are detected', () => {
    const bench = makeBench('recogniser', { turns: null });
    bench.hear(500);
    bench.client({ type: 'input_audio_buffer.commit' });

    expect(bench.effects).toContainEqual(
      expect.objectContaining({ type: 'beginTranscription', fromSample: 0 }),
    );
    expect(bench.effects).toContainEqual(
      expect.objectContaining({ type: 'endTranscription', toSample: 500 * 24 }),
    );
  });

  test('may be asked for, or no longer be asked for, in the middle of a turn', () => {
    const later = makeBench('recogniser', { told: false });
    begin(later);
    later.client(asks({ model: 'whisper-1' }));
    later.hear(1000, { stoppedMs: 1000 });
    const noLonger = makeBench('recogniser');
    const itemId = begin(noLonger);
    noLonger.client(asks(null));
    const told = noLonger.take({ type: 'wordsHeard', itemId, delta: 'x' });
    noLonger.hear(1000, { stoppedMs: 1000 });

    expect(wordEffects(later)).toEqual(['beginTranscription', 'endTranscription']);
    expect(wordEffects(noLonger)).toEqual(['beginTranscription', 'cancelTranscription']);
    expect(told).toEqual([]);
  });

  test('that cannot be recognised are told as failed, without an end to anything else', () => {
    const bench = makeBench('recogniser');
    const itemId = speak(bench);
    const failed = bench.take({
      type: 'transcriptionFailed',
      itemId,
      code: 'recogniser_failed',
      message: 'no',
    });

    expect(failed).toEqual([
      {
        type: `${EVENT}.failed`,
        item_id: itemId,
        content_index: 0,
        error: { type: 'transcription_error', code: 'recogniser_failed', message: 'no' },
      },
    ]);
    expect(bench.state.responses).toHaveLength(1);
  });

  test('of more turns than anybody can follow are refused in words, and later ones are taken again', () => {
    const bench = makeBench('recogniser', { turns: { create_response: false } });
    const ids = Array.from({ length: 17 }, () => speak(bench));
    const [first = ''] = ids;
    bench.take({ type: 'transcribed', itemId: first, text: 'one' });
    speak(bench);

    expect(wordEvents(bench.sent)).toEqual([
      { failed: 'recogniser_busy' },
      { delta: 'one' },
      { completed: 'one' },
    ]);
    expect(wordEffects(bench).filter((type) => type === 'beginTranscription')).toHaveLength(17);
  });

  test('are honestly missing without a recogniser', () => {
    const bench = makeBench('none');
    speak(bench);

    expect(wordEvents(bench.sent)).toEqual([{ failed: 'no_recogniser' }]);
  });

  test('may come with the answer, and are missing when the answer ends without them', () => {
    const bench = makeBench('model');
    speak(bench);
    const responseId = bench.state.responses[0]?.id ?? '';
    const heard = bench.take({ type: 'heardProduced', responseId, text: 'hello' });
    bench.complete(responseId);
    speak(bench);
    const ended = bench.complete(bench.state.responses[0]?.id ?? '');

    expect(wordEvents(heard)).toEqual([{ delta: 'hello' }, { completed: 'hello' }]);
    expect(wordEvents(ended)).toEqual([{ failed: 'no_recogniser' }]);
  });

  test.for(['model', 'recogniser'] as const)(
    'do not wait for an answer where there are none, with a %s',
    (words) => {
      const bench = new SessionBench(words);
      const input = { transcription: { model: 'whisper-1' } };
      bench.client({
        type: 'session.update',
        session: { type: 'transcription', audio: { input } },
      });
      const itemId = speak(bench);
      bench.take({ type: 'transcribed', itemId, text: 'dear Ann' });

      expect(wordEvents(bench.sent)).toEqual(
        words === 'model'
          ? [{ failed: 'no_recogniser' }]
          : [{ delta: 'dear Ann' }, { completed: 'dear Ann' }],
      );
      expect(typesOf(bench.sent)).not.toContain('response.created');
    },
  );
});

describe('a model that hears by itself', () => {
  test('is asked at once, while the words are recognised beside it', () => {
    const bench = makeBench('recogniser');
    speak(bench);

    expect(asked(bench)).toEqual([[undefined]]);
  });

  test('has no words recognised that nobody asked for', () => {
    const bench = makeBench('recogniser', { told: false });
    speak(bench);

    expect(wordEffects(bench)).toEqual([]);
  });
});

describe('a model that needs the words', () => {
  test('is asked when they are there, in a response that the client knows of at once', () => {
    const bench = makeBench('recogniser', { needed: true });
    const itemId = speak(bench);
    const before = asked(bench);
    bench.take({ type: 'transcribed', itemId, text: 'hello' });

    expect(typesOf(bench.sent)).toEqual([
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      `${EVENT}.delta`,
      `${EVENT}.completed`,
    ]);
    expect([before, asked(bench)]).toEqual([[], [['hello']]]);
  });

  test('gets them even if the client asked for none, who is told of none', () => {
    const bench = makeBench('recogniser', { needed: true, told: false });
    const itemId = speak(bench);
    bench.take(
      { type: 'wordsHeard', itemId, delta: 'hel' },
      { type: 'transcribed', itemId, text: 'hello' },
    );

    expect(wordEvents(bench.sent)).toEqual([]);
    expect(bench.state.entries[0]?.item).toMatchObject({ content: [{ transcript: null }] });
    expect(asked(bench)).toEqual([['hello']]);
  });

  test('is asked without them when they are late, and they are told all the same', () => {
    const bench = makeBench('recogniser', { needed: true });
    const itemId = speak(bench);
    bench.take({ type: 'wordsOverdue', itemId }, { type: 'wordsOverdue', itemId });
    const late = bench.take({ type: 'transcribed', itemId, text: 'hello' });

    expect(bench.effects).toContainEqual(
      expect.objectContaining({ type: 'endTranscription', overdueAfterMs: WITHIN_MS }),
    );
    expect(asked(bench)).toEqual([[undefined]]);
    expect(wordEvents(late)).toEqual([{ delta: 'hello' }, { completed: 'hello' }]);
  });

  test('is asked without them when they cannot be had', () => {
    const failed = makeBench('recogniser', { needed: true });
    const itemId = speak(failed);
    failed.take({ type: 'transcriptionFailed', itemId, code: 'x', message: 'y' });
    const deaf = makeBench('none', { needed: true });
    speak(deaf);

    expect([asked(failed), asked(deaf)]).toEqual([[[undefined]], [[undefined]]]);
  });

  test('is asked of a turn that is no more only for what else there is', () => {
    const bench = makeBench('recogniser', { needed: true });
    bench.userSays('typed', 'a');
    const itemId = speak(bench);
    bench.client({ type: 'conversation.item.delete', item_id: itemId });

    expect(asked(bench)).toEqual([[undefined]]);
    expect(bench.state.responses).toHaveLength(1);
  });

  test('is not asked any more when the user speaks again first; the next answer has both turns', () => {
    const bench = makeBench('recogniser', { needed: true });
    const first = speak(bench);
    const second = begin(bench);
    bench.take({ type: 'transcribed', itemId: first, text: 'one' });
    bench.hear(1000, { stoppedMs: bench.state.input.endSample / 24 + 1000 });
    bench.take({ type: 'transcribed', itemId: second, text: 'two' });

    expect(bench.sent.find(({ type }) => type === 'response.done')).toMatchObject({
      response: { status: 'cancelled', status_details: { reason: 'turn_detected' } },
    });
    expect(asked(bench)).toEqual([['one', 'two']]);
  });

  test('waits for all turns it is going to read, in whatever order their words come', () => {
    const bench = makeBench('recogniser', { needed: true, turns: { create_response: false } });
    const first = speak(bench);
    const second = speak(bench);
    bench.client({ type: 'response.create' });
    bench.take({ type: 'transcribed', itemId: second, text: 'two' });
    const half = asked(bench);
    bench.take({ type: 'transcribed', itemId: first, text: 'one' });

    expect([half, asked(bench)]).toEqual([[], [['one', 'two']]]);
  });

  test('waits also where the client commits and asks by hand', () => {
    const bench = makeBench('recogniser', { needed: true, turns: null });
    bench.hear(500);
    bench.client({ type: 'input_audio_buffer.commit' }, { type: 'response.create' });
    const itemId = bench.state.entries[0]?.item.id ?? '';
    const before = asked(bench);
    bench.take({ type: 'transcribed', itemId, text: 'go' });

    expect([before, asked(bench)]).toEqual([[], [['go']]]);
  });

  test.for([
    { transcript: undefined, effects: ['transcribeItem'], words: 'go' },
    // Known already, and nothing is recognised twice.
    { transcript: 'stop', effects: [], words: undefined },
  ])('gets those of a message that came with its sound: $transcript', (given) => {
    const bench = makeBench('recogniser', { needed: true });
    const content = [
      { type: 'input_audio' as const, audio: 'AAAAAAAA', transcript: given.transcript },
    ];
    const item = { type: 'message' as const, role: 'user' as const, id: 'a', content };
    bench.client({ type: 'conversation.item.create', item }, { type: 'response.create' });
    const before = asked(bench).length;
    bench.take({ type: 'transcribed', itemId: 'a', text: 'go' });

    expect(bench.effectTypes().filter((type) => type === 'transcribeItem')).toEqual(given.effects);
    expect(before).toBe(given.effects.length === 0 ? 1 : 0);
    expect(asked(bench)).toEqual([[given.words]]);
    expect(wordEvents(bench.sent)).toEqual([]);
  });

  test('does not wait in a response that reads nothing spoken', () => {
    const bench = makeBench('recogniser', { needed: true, turns: { create_response: false } });
    speak(bench);
    const content = [{ type: 'input_text', text: 'hi' }];
    bench.client({
      type: 'response.create',
      response: { conversation: 'none', input: [{ type: 'message', role: 'user', content }] },
    });

    expect(asked(bench)).toEqual([[undefined]]);
  });

  test('reads what was truncated while it waited, and not what came after it was asked for', () => {
    const bench = makeBench('recogniser', {
      needed: true,
      turns: { interrupt_response: false },
    });
    const before = bench.startResponse();
    bench.say(before, 'A long story', 400);
    bench.complete(before);
    const cutId = bench.state.entries[0]?.item.id ?? '';
    const itemId = speak(bench);
    bench.client({
      type: 'conversation.item.truncate',
      item_id: cutId,
      content_index: 0,
      audio_end_ms: 0,
    });
    const content = [{ type: 'input_text' as const, text: 'be short' }];
    const item = { type: 'message' as const, role: 'system' as const, content };
    bench.client({ type: 'conversation.item.create', item });
    bench.take({ type: 'transcribed', itemId, text: 'stop' });
    const start = bench.effects.findLast(({ type }) => type === 'startResponse');

    expect(start).toMatchObject({
      items: [
        { item: { id: cutId, content: [{ transcript: '' }] } },
        { item: { id: itemId }, words: { state: 'known', text: 'stop' } },
      ],
    });
  });

  test('answers what is typed without waiting for the words of a turn, which are answered when they come', () => {
    const bench = makeBench('recogniser', { needed: true, turns: { interrupt_response: false } });
    const spokenId = speak(bench);
    const given = bench.userSays('typed', 'typed');
    const typed = bench.startResponse();
    const readFirst = readItems(bench);
    bench.take({ type: 'transcribed', itemId: spokenId, text: 'hello' });
    const during = asked(bench).length;
    bench.complete(typed);

    expect(given.find(({ type }) => type === 'response.done')).toMatchObject({
      response: { status: 'cancelled', output: [] },
    });
    expect(readFirst).toEqual([spokenId, 'typed']);
    expect(during).toBe(1);
    // What was answered lies before what is to be answered now.
    expect(readItems(bench)).toEqual(['typed', spokenId]);
    expect(asked(bench).at(-1)).toEqual([undefined, 'hello']);
    bench.complete(bench.state.responses[0]?.id ?? '');
    bench.startResponse();
    expect(readItems(bench)).toEqual([spokenId, 'typed']);
  });

  test('answers late words at once when nothing is being answered any more', () => {
    const bench = makeBench('recogniser', { needed: true });
    const itemId = speak(bench);
    bench.userSays('typed', 'typed');
    bench.complete(bench.startResponse());
    bench.take({ type: 'wordsOverdue', itemId }, { type: 'transcribed', itemId, text: 'hello' });

    expect(readItems(bench)).toEqual(['typed', itemId]);
    expect(bench.state.responses).toHaveLength(1);
  });

  test.for<[string, (itemId: string) => Input]>([
    ['was no words', (itemId) => ({ type: 'transcribed', itemId, text: '' })],
    [
      'nobody could make out',
      (itemId) => ({ type: 'transcriptionFailed', itemId, code: 'x', message: 'y' }),
    ],
  ])('says nothing of a sound before what was typed that %s', ([, end]) => {
    const bench = makeBench('recogniser', { needed: true });
    const itemId = speak(bench);
    bench.userSays('typed');
    bench.complete(bench.startResponse());
    bench.take(end(itemId));

    expect(asked(bench)).toHaveLength(1);
    expect(bench.state.responses).toEqual([]);
  });

  test('is not asked about words that come when the session only writes them down', () => {
    const bench = makeBench('recogniser', { needed: true });
    const itemId = speak(bench);
    bench.userSays('typed');
    bench.client({ type: 'session.update', session: { type: 'transcription' } });
    bench.take({ type: 'transcribed', itemId, text: 'hello' });

    expect(asked(bench)).toEqual([]);
    expect(bench.state.responses).toEqual([]);
  });

  test('is not asked about a turn that waited for the answer before when that session answers no more', () => {
    const bench = makeBench('recogniser', { needed: true, turns: { interrupt_response: false } });
    bench.userSays('typed');
    const running = bench.startResponse();
    bench.take({ type: 'transcribed', itemId: speak(bench), text: 'hello' });
    bench.client({ type: 'session.update', session: { type: 'transcription' } });
    bench.complete(running);

    expect(asked(bench)).toHaveLength(1);
    expect(bench.state.responses).toEqual([]);
  });

  test('waits for a turn before what was typed where the client asks for one answer to both', () => {
    const bench = makeBench('recogniser', { needed: true, turns: { create_response: false } });
    const itemId = speak(bench);
    bench.userSays('typed', 'typed');
    bench.startResponse();
    const before = asked(bench);
    bench.take({ type: 'transcribed', itemId, text: 'hello' });

    // Both were there before anything was asked for, so both are answered together.
    expect([before, asked(bench)]).toEqual([[], [['hello', undefined]]]);
  });

  test('is not asked in a response that was cancelled while it waited', () => {
    const bench = makeBench('recogniser', { needed: true });
    const itemId = speak(bench);
    bench.client({ type: 'response.cancel' });
    const late = bench.take({ type: 'transcribed', itemId, text: 'hello' });

    expect(asked(bench)).toEqual([]);
    expect(wordEvents(late)).toEqual([{ delta: 'hello' }, { completed: 'hello' }]);
  });

  test('answers a turn that waited for another answer when both are there', () => {
    const bench = makeBench('recogniser', {
      needed: true,
      turns: { interrupt_response: false },
    });
    const first = bench.startResponse();
    const itemId = speak(bench);
    bench.complete(first);
    const created = typesOf(bench.sent).filter((type) => type === 'response.created');
    const before = asked(bench);
    bench.take({ type: 'transcribed', itemId, text: 'then' });

    expect(created).toHaveLength(2);
    expect([before, asked(bench)]).toEqual([[[]], [[], ['then']]]);
  });
});
