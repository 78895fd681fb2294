import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { startPacer, stepPacer } from './pacer.ts';

test('the first frame is due at once, the next ones every 20 ms', () => {
  const first = stepPacer(startPacer(1_000), 1_000);
  expect(first).toMatchObject({ send: 1, skip: 0, waitMs: 20 });

  const early = stepPacer(first.state, 1_013);
  expect(early).toMatchObject({ send: 0, waitMs: 7 });

  expect(stepPacer(early.state, 1_020)).toMatchObject({ send: 1, waitMs: 20 });
});

test('a late look sends what is due and asks again in time for the next', () => {
  const { state } = stepPacer(startPacer(0), 0);

  expect(stepPacer(state, 47)).toMatchObject({ send: 2, skip: 0, waitMs: 13 });
});

test('after a stall three frames go out and the rest is passed over', () => {
  const { state } = stepPacer(startPacer(0), 0);

  expect(stepPacer(state, 1_000)).toMatchObject({ send: 3, skip: 47, waitMs: 20 });
});

test('a clock that is set back stops nothing', () => {
  const { state } = stepPacer(startPacer(1_000_000), 1_000_000);
  const back = stepPacer(state, 5_000);
  expect(back).toMatchObject({ send: 0, skip: 0, waitMs: 20 });

  expect(stepPacer(back.state, 5_020)).toMatchObject({ send: 1, waitMs: 20 });
});

test('frames never drift from the clock, however often and late it is asked', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(150), { maxLength: 200 }), (delaysMs) => {
      let nowMs = 0;
      let frames = 0;
      let state = startPacer(0);
      for (const delayMs of delaysMs) {
        nowMs += delayMs;
        const result = stepPacer(state, nowMs);
        state = result.state;
        frames += result.send + result.skip;

        expect(result.send).toBeLessThanOrEqual(3);
        expect(result.waitMs).toBeGreaterThan(0);
        expect(result.waitMs).toBeLessThanOrEqual(20);
        expect(frames).toBe(Math.floor(nowMs / 20) + 1);
      }
    }),
  );
});
