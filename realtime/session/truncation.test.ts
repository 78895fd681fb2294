import { describe, expect, test } from 'vitest';

import { type Heard, OutputSound } from './truncation.ts';

const RATE_HZ = 24_000;

function soundWith(
  samples: Readonly<Record<string, number>>,
  media: 'wire' | 'call' = 'wire',
): OutputSound {
  const sound = new OutputSound(RATE_HZ, media);
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
    const sound = new OutputSound(RATE_HZ, 'wire');
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
    const sound = new OutputSound(RATE_HZ, row.media);
    if (row.playing) sound.playing('r', true);

    expect(sound.interrupt(row.running, []).events).toEqual(row.events);
  });

  test('makes late sound of the running response unwanted, and of no other', () => {
    const sound = new OutputSound(RATE_HZ, 'wire');
    sound.interrupt({ responseId: 'old' }, []);

    expect(['old', 'new', undefined].map((id) => sound.isWanted(id))).toEqual([false, true, true]);
  });

  test('finds nothing to clear once the queue of the server was heard to its end, or is unknown', () => {
    const stopped = new OutputSound(RATE_HZ, 'call');
    stopped.playing('r', true);
    stopped.playing('r', false);
    const lost = new OutputSound(RATE_HZ, 'call');
    lost.playing('r', true);
    lost.forgetPlaying();

    expect(stopped.interrupt(undefined, []).events).toEqual([]);
    expect(lost.interrupt(undefined, []).events).toEqual([]);
  });
});
