import { expect, test } from 'vitest';

import { ManualFrames } from '../testing/index.ts';
import { Store } from './store.ts';

function counted(frames?: ManualFrames) {
  const store = new Store(0, frames);
  const seen: number[] = [];
  store.subscribe(() => seen.push(store.getSnapshot()));
  return { store, seen };
}

test('listeners hear of every change at once where no frames are given', () => {
  const { store, seen } = counted();
  store.update((value) => value + 1);
  store.update((value) => value + 1);
  store.update((value) => value);

  expect(seen).toEqual([1, 2]);
});

test('listeners hear once a frame of all changes, while the state itself is never late', () => {
  const frames = new ManualFrames();
  const { store, seen } = counted(frames);
  for (let at = 0; at < 1000; at += 1) store.update((value) => value + 1);
  expect([store.getSnapshot(), seen]).toEqual([1000, []]);

  frames.turn();
  frames.turn();
  expect(seen).toEqual([1000]);
});

test('what a listener changes is told with the next frame', () => {
  const frames = new ManualFrames();
  const { store, seen } = counted(frames);
  store.subscribe(() => {
    if (store.getSnapshot() < 2) store.update((value) => value + 1);
  });
  store.update((value) => value + 1);
  frames.turn();
  expect(seen).toEqual([1]);

  frames.turn();
  expect(seen).toEqual([1, 2]);
});
