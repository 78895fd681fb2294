import { expect, test } from 'vitest';

import { PlaybackQueue } from './playbackQueue.ts';

const queue = (): PlaybackQueue => new PlaybackQueue({ reserveSamples: 100, fadeSamples: 10 });
const sound = (length: number): Int16Array => new Int16Array(length).fill(16_384);
const read = (from: PlaybackQueue, length: number): Float32Array => {
  const out = new Float32Array(length).fill(9);
  from.read(out);
  return out;
};

test('holds sound back until the reserve is there', () => {
  const player = queue();
  player.push('a', sound(60));
  const before = read(player, 20);
  player.push('a', sound(60));
  const after = read(player, 20);

  expect([before[0], after[0]]).toEqual([0, 0.5]);
});

test('plays an answer that is shorter than the reserve after waiting as long', () => {
  const player = queue();
  player.push('a', sound(10));
  const heard = [read(player, 50)[0], read(player, 50)[0]];

  expect(heard).toEqual([0, 0.5]);
});

test('counts what went out for each item, across items', () => {
  const player = queue();
  player.push('a', sound(120));
  player.push('b', sound(120));
  read(player, 150);

  expect(Object.fromEntries(player.played)).toEqual({ a: 120, b: 30 });
});

test('fades and drops the rest when cleared, and counts the fade as heard', () => {
  const player = queue();
  player.push('a', sound(500));
  read(player, 100);
  player.clear();
  const tail = read(player, 30);

  expect(Object.fromEntries(player.played)).toEqual({ a: 110 });
  expect([tail[0], (tail[9] ?? 1) < 0.1, tail[10], player.pendingSamples]).toEqual([
    0.5,
    true,
    0,
    0,
  ]);
});

test('clearing twice, or an empty queue, does nothing', () => {
  const player = queue();
  player.clear();
  player.push('a', sound(200));
  player.clear();
  player.clear();

  expect([...read(player, 4)]).toEqual([0, 0, 0, 0]);
});

test('plays the next answer after a clear', () => {
  const player = queue();
  player.push('a', sound(200));
  read(player, 50);
  player.clear();
  player.push('b', sound(200));
  read(player, 20);

  expect(player.played.get('b')).toBe(10);
});

test('counts a gap in the middle of an item, and not the pause between items', () => {
  const player = queue();
  player.push('a', sound(100));
  read(player, 128);
  player.push('a', sound(100));
  read(player, 128);
  player.push('b', sound(100));
  read(player, 128);

  expect(player.underruns).toBe(1);
});

test('an empty push is nothing', () => {
  const player = queue();
  player.push('a', new Int16Array(0));

  expect({ pending: player.pendingSamples, sound: read(player, 2)[0] }).toEqual({
    pending: 0,
    sound: 0,
  });
});
