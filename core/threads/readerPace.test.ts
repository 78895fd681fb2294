import { beforeEach, expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { ReaderPace } from './readerPace.ts';

const MIB = 1024 * 1024;

let clock: ManualClock;
let unreadBytes: number;
let stop: AbortController;
let pace: ReaderPace;

beforeEach(() => {
  clock = new ManualClock();
  unreadBytes = 0;
  stop = new AbortController();
  pace = new ReaderPace({ clock, unreadBytes: () => unreadBytes }, stop.signal);
});

/** Lets time pass in the steps in which it looks, with the loop's turns in between. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5) {
    clock.advance(5);
    await Promise.resolve();
    await Promise.resolve();
  }
}

function following(pause: Promise<void> | undefined): { isOver: boolean } {
  const state = { isOver: false };
  const follow = async (): Promise<void> => {
    await pause;
    state.isOver = true;
  };
  void follow();
  return state;
}

test('who reads along is not waited for', () => {
  unreadBytes = 4 * MIB;

  expect(pace.pause()).toBeUndefined();
  expect(clock.pending).toBe(0);
});

test('who is far behind and reads is waited for until it has read the most of it, however slowly', async () => {
  unreadBytes = 8 * MIB;
  const pause = following(pace.pause());
  expect(pace.pause()).toBe(pace.pause());

  while (unreadBytes > 3 * MIB) {
    unreadBytes -= MIB;
    await pass(4_900);
    expect(pause.isOver).toBe(false);
  }
  unreadBytes = 2 * MIB;
  await pass(10);
  expect(pause.isOver).toBe(true);
});

test('who takes nothing is waited for five seconds, and not again until it has caught up', async () => {
  unreadBytes = 8 * MIB;
  const pause = following(pace.pause());
  await pass(4_990);
  expect(pause.isOver).toBe(false);
  await pass(20);
  expect(pause.isOver).toBe(true);

  unreadBytes = 9 * MIB;
  expect(pace.pause()).toBeUndefined();
  unreadBytes = MIB;
  expect(pace.pause()).toBeUndefined();
  unreadBytes = 8 * MIB;
  expect(pace.pause()).toBeDefined();
});

test('whoever stops the turn does not wait', async () => {
  unreadBytes = 8 * MIB;
  const pause = following(pace.pause());

  stop.abort();
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect(pause.isOver).toBe(true);
  expect(clock.pending).toBe(0);
});
