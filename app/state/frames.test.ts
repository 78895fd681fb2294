import { expect, test } from 'vitest';

import { ManualClock } from '../../core/base/testing/index.ts';
import { browserFrames } from './frames.ts';

/** The window's frames and keys, driven by hand; a hidden one never makes any. */
function fakeWindow() {
  const waiting = new Map<number, FrameRequestCallback>();
  const keys: (() => void)[] = [];
  return {
    waiting,
    /** Makes a picture: whoever asked for it is called. */
    draw: () => {
      const callbacks = Array.from(waiting.values());
      waiting.clear();
      for (const callback of callbacks) callback(0);
    },
    press: () => {
      for (const key of keys) key();
    },
    addEventListener: (_type: 'keydown', listener: () => void) => {
      keys.push(listener);
    },
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

/** Draws something that takes so long, and then asks for the next picture. */
function drawn(tookMs: number) {
  const clock = new ManualClock();
  const page = fakeWindow();
  const frames = browserFrames(page, clock);
  frames.next(() => {
    clock.advance(tookMs);
  });
  page.draw();
  // The task behind the picture.
  clock.advance(0);
  let calls = 0;
  frames.next(() => {
    calls += 1;
  });
  return { clock, page, calls: () => calls };
}

test('what is cheap to draw is drawn with every picture', () => {
  const { page, calls } = drawn(7);
  page.draw();

  expect(calls()).toBe(1);
});

test.for<[tookMs: number, restMs: number]>([
  [30, 30],
  [400, 100],
])('what took %d ms to draw rests for %d ms', ([tookMs, restMs]) => {
  const { clock, page, calls } = drawn(tookMs);
  clock.advance(restMs - 1);
  page.draw();
  expect(calls()).toBe(0);
  clock.advance(1);
  page.draw();

  expect(calls()).toBe(1);
});

test('the letter of a key is drawn first, also where the key came after the picture was asked for', () => {
  const { clock, page, calls } = drawn(0);
  page.press();
  page.draw();
  expect(calls()).toBe(0);
  clock.advance(34);
  page.draw();

  expect(calls()).toBe(1);
});

test('keys that never end put nothing off for longer than a tenth of a second', () => {
  const { clock, page, calls } = drawn(0);
  for (let at = 0; at < 10; at += 1) {
    page.press();
    page.draw();
    clock.advance(10);
  }
  page.press();
  page.draw();

  expect(calls()).toBe(1);
});
