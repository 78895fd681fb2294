import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../core/base/testing/index.ts';
import { type Heard, OutputSound } from './truncation.ts';

const RATE_HZ = 24_000;

const over = (media: 'wire' | 'call', clock = new ManualClock()): OutputSound =>
  new OutputSound(RATE_HZ, media, clock);

function soundWith(
  samples: Readonly<Record<string, number>>,
  media: 'wire' | 'call' = 'wire',
): OutputSound {
  const sound = over(media);
  for (const [itemId, count] of Object.entries(samples)) sound.received(itemId, count);
  return sound;
}

const truncate = (itemId: string, audioEndMs: number): object => ({
  type: 'conversation.item.truncate',
  item_id: itemId,
  content_index: 0,
  audio_end_ms: audioEndMs,
});

describe('an interruption', () => {
  test.for([
    { name: 'cuts at the whole millisecond that was heard', playedMs: 650.4, cutMs: 650 },
    { name: 'never cuts beyond what was received', playedMs: 999.6, cutMs: undefined },
    { name: 'leaves an item alone that was heard to its end', playedMs: 1000, cutMs: undefined },
    { name: 'takes more than was received for the end', playedMs: 5000, cutMs: undefined },
  ])('$name', ({ playedMs, cutMs }) => {
    const { events, cut } = soundWith({ a: RATE_HZ }).interrupt(undefined, [
      { itemId: 'a', playedMs },
    ]);

    expect(events).toEqual(cutMs === undefined ? [] : [truncate('a', cutMs)]);
    expect(cut).toEqual(cutMs === undefined ? [] : [{ itemId: 'a', heardMs: cutMs }]);
  });

  test('counts a hundred chunks of 47 samples as 195 ms, not as a hundred times 1 ms', () => {
    const sound = over('wire');
    for (let index = 0; index < 100; index += 1) sound.received('a', 47);

    expect(sound.interrupt(undefined, [{ itemId: 'a', playedMs: 195 }]).cut).toEqual([]);
    expect(sound.interrupt(undefined, [{ itemId: 'a', playedMs: 194 }]).cut).toEqual([
      { itemId: 'a', heardMs: 194 },
    ]);
  });

  test('deletes an item that had not begun to play and leaves one alone that never had sound', () => {
    const heard: readonly Heard[] = [
      { itemId: 'heard', playedMs: 400 },
      { itemId: 'waiting', playedMs: 0 },
      { itemId: 'written', playedMs: 0 },
      { itemId: 'unknown', playedMs: 90 },
    ];
    const { events, cut } = soundWith({ heard: RATE_HZ, waiting: 12_000 }).interrupt(
      undefined,
      heard,
    );

    expect(events).toEqual([
      truncate('heard', 400),
      { type: 'conversation.item.delete', item_id: 'waiting' },
    ]);
    expect(cut).toEqual([
      { itemId: 'heard', heardMs: 400 },
      { itemId: 'waiting', heardMs: 0 },
    ]);
  });

  test.for([
    { media: 'wire', running: undefined, playing: false, events: [] },
    {
      media: 'wire',
      running: { responseId: 'r' },
      playing: false,
      events: [{ type: 'response.cancel', response_id: 'r' }],
    },
    {
      media: 'wire',
      running: { responseId: undefined },
      playing: false,
      events: [{ type: 'response.cancel' }],
    },
    { media: 'call', running: undefined, playing: false, events: [] },
    {
      media: 'call',
      running: undefined,
      playing: true,
      events: [{ type: 'output_audio_buffer.clear' }],
    },
    {
      media: 'call',
      running: { responseId: 'r' },
      playing: false,
      events: [
        { type: 'response.cancel', response_id: 'r' },
        { type: 'output_audio_buffer.clear' },
      ],
    },
  ] as const)('over $media with $running running and playing $playing sends $events', (row) => {
    const sound = over(row.media);
    if (row.playing) sound.playing('r', true);

    expect(sound.interrupt(row.running, []).events).toEqual(row.events);
  });

  test('makes late sound of the running response unwanted, and of no other', () => {
    const sound = over('wire');
    sound.interrupt({ responseId: 'old' }, []);

    expect(['old', 'new', undefined].map((id) => sound.isWanted(id))).toEqual([false, true, true]);
  });

  test('finds nothing to clear once the queue of the server was heard to its end, or is unknown', () => {
    const stopped = over('call');
    stopped.playing('r', true);
    stopped.playing('r', false);
    const lost = over('call');
    lost.playing('r', true);
    lost.forgetPlaying();

    expect(stopped.interrupt(undefined, []).events).toEqual([]);
    expect(lost.interrupt(undefined, []).events).toEqual([]);
  });
});

describe('speech into a voice whose listener reports nothing', () => {
  const MS = RATE_HZ / 1000;

  /** What comes of it: `[item, ms of its sound]` or a pause in ms or the end of a response. */
  type Past = readonly (readonly [itemId: string, soundMs: number] | number | 'done')[];

  function cutAfter(past: Past, media: 'wire' | 'call' = 'wire'): readonly unknown[] {
    const clock = new ManualClock();
    const sound = over(media, clock);
    for (const step of past) {
      if (step === 'done') sound.ended('r');
      else if (typeof step === 'number') clock.advance(step);
      else sound.received(step[0], step[1] * MS, 'r');
    }
    const { events, cut } = sound.spokenInto();
    expect(events).toEqual(cut.map(({ itemId, heardMs }) => truncate(itemId, heardMs)));
    return cut.map(({ itemId, heardMs }) => [itemId, heardMs]);
  }

  test.for<{ name: string; past: Past; cut: readonly unknown[] }>([
    { name: 'cuts at the time since the first sound', past: [['a', 900], 400], cut: [['a', 400]] },
    {
      name: 'cuts at what was received, where that is less and more may come',
      past: [['a', 100], 200, ['a', 50], 700],
      cut: [['a', 150]],
    },
    {
      name: 'cuts a response that is done and still being heard',
      past: [['a', 900], 'done', 400],
      cut: [['a', 400]],
    },
    { name: 'leaves alone what was heard to its end', past: [['a', 900], 'done', 900], cut: [] },
    {
      name: 'cuts the running item and none before it',
      past: [['a', 100], ['b', 900], 300],
      cut: [['b', 200]],
    },
    {
      name: 'cuts what waits behind a long one at its beginning',
      past: [['a', 900], 'done', 50, ['b', 900], 50],
      cut: [
        ['a', 100],
        ['b', 0],
      ],
    },
    { name: 'cuts nothing where no sound has come', past: [['a', 0], 50], cut: [] },
    { name: 'cuts nothing of sound of no known length', past: [['a', Infinity], 50], cut: [] },
  ])('$name', ({ past, cut }) => {
    expect(cutAfter(past)).toEqual(cut);
  });

  test('is cut by the server itself in a call', () => {
    expect(cutAfter([['a', 900], 400], 'call')).toEqual([]);
  });

  test('cuts once, however often it is heard, and not beyond that by a late report', () => {
    const clock = new ManualClock();
    const sound = over('wire', clock);
    sound.received('a', 900 * MS, 'r');
    clock.advance(400);
    sound.spokenInto();
    clock.advance(100);

    expect(sound.spokenInto().events).toEqual([]);
    expect(sound.interrupt(undefined, [{ itemId: 'a', playedMs: 450 }]).events).toEqual([]);
    expect(sound.interrupt(undefined, [{ itemId: 'a', playedMs: 390 }]).events).toEqual([
      truncate('a', 390),
    ]);
  });

  test('remembers the sound of so many items and not of all that ever came', () => {
    const sound = over('wire');
    for (let index = 0; index < 1_000; index += 1) sound.received(`i${index}`, 900 * MS, 'r');

    expect(sound.spokenInto().events).toHaveLength(256);
  });
});
