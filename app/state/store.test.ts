import { expect, test } from 'vitest';

import { ManualClock } from '../../core/base/testing/index.ts';
import { ManualFrames } from '../testing/index.ts';
import { browserFrames } from './frames.ts';
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

/** The window's frames, driven by hand; a hidden one never makes any. */
function fakeWindow() {
  const waiting = new Map<number, FrameRequestCallback>();
  return {
    waiting,
    requestAnimationFrame: (callback: FrameRequestCallback) => {
      waiting.set(waiting.size + 1, callback);
      return waiting.size;
    },
    cancelAnimationFrame: (frame: number) => {
      waiting.delete(frame);
    },
  };
}

test('a frame of the browser is told once, and leaves no timer behind', () => {
  const clock = new ManualClock();
  const page = fakeWindow();
  let calls = 0;
  browserFrames(page, clock).next(() => {
    calls += 1;
  });
  page.waiting.get(1)?.(0);
  clock.advance(10_000);

  expect(calls).toBe(1);
});

test('a tab that nobody sees makes no frames, and nothing waits for one in vain', () => {
  const clock = new ManualClock();
  const page = fakeWindow();
  let calls = 0;
  browserFrames(page, clock).next(() => {
    calls += 1;
  });
  clock.advance(1000);

  expect({ calls, waiting: page.waiting.size }).toEqual({ calls: 1, waiting: 0 });
});
