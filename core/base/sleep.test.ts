import { expect, test } from 'vitest';

import { sleep } from './sleep.ts';
import { ManualClock } from './testing/index.ts';

test('a sleep lasts as long as it was told', async () => {
  const clock = new ManualClock();
  let awake = false;
  const sleeping = sleep(clock, 100, new AbortController().signal).then(() => {
    awake = true;
    return awake;
  });
  clock.advance(99);
  await Promise.resolve();
  expect(awake).toBe(false);
  clock.advance(1);
  expect(await sleeping).toBe(true);
});

test('an abort ends a sleep at once and takes its timer along', async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const sleeping = sleep(clock, 100, abort.signal);
  abort.abort();
  await sleeping;

  expect(clock.pending).toBe(0);
});

test('after an abort there is nothing to sleep for', async () => {
  const clock = new ManualClock();
  await sleep(clock, 100, AbortSignal.abort());

  expect(clock.pending).toBe(0);
});
