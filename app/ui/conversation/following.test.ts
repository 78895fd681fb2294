import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type Following,
  followingAtFirst,
  gestured,
  isAstray,
  kept,
  type Place,
  scrolled,
} from './following.ts';

const LONG_AGO_MS = 60_000;

const at = (scrollTop: number, scrollHeight = 10_000): Place => ({
  scrollTop,
  scrollHeight,
  clientHeight: 600,
});

/** At the end of ten thousand pixels, which it has had for a while. */
const atEnd = kept(followingAtFirst, at(9400), LONG_AGO_MS - 10_000);

function isRight(before: Following, place: Place, laterMs: number): boolean {
  const after = scrolled(before, place, 5000 + laterMs);
  if (before.isFollowing) return after.isFollowing || place.scrollTop < before.place.scrollTop;
  return !after.isFollowing || place.scrollHeight - place.scrollTop - place.clientHeight < 80;
}

describe('the end of a conversation', () => {
  test('is left by a wheel that goes up', () => {
    const state = scrolled(gestured(atEnd, LONG_AGO_MS), at(6400), LONG_AGO_MS + 20);

    expect(state.isFollowing).toBe(false);
    expect(isAstray(state)).toBe(false);
  });

  test('is left by a wheel also while an answer grows', () => {
    const growing = kept(atEnd, at(9450, 10_050), LONG_AGO_MS);

    const state = scrolled(gestured(growing, LONG_AGO_MS), at(9000, 10_100), LONG_AGO_MS + 20);

    expect(state.isFollowing).toBe(false);
  });

  test('is left by a search of the browser, which makes no gesture', () => {
    expect(scrolled(atEnd, at(2000), LONG_AGO_MS).isFollowing).toBe(false);
  });

  test('is kept where older entries come in above and are measured afterwards', () => {
    const longer = kept(atEnd, at(99_400, 100_000), LONG_AGO_MS);

    const state = scrolled(longer, at(51_700, 100_000), LONG_AGO_MS + 500);

    expect(state.isFollowing).toBe(true);
    expect(isAstray(state)).toBe(true);
  });

  test('is kept where the same scroll tells that it has grown', () => {
    const state = scrolled(atEnd, at(9000, 20_000), LONG_AGO_MS);

    expect(state.isFollowing).toBe(true);
    expect(isAstray(state)).toBe(true);
  });

  test('is found again by scrolling down to it', () => {
    const up = scrolled(gestured(atEnd, LONG_AGO_MS), at(6400), LONG_AGO_MS);

    expect(scrolled(up, at(9350), LONG_AGO_MS + 5000).isFollowing).toBe(true);
    expect(scrolled(up, at(8000), LONG_AGO_MS + 5000).isFollowing).toBe(false);
  });

  test('is never left by going down, and never followed from above without a reason', () => {
    const places = fc.record({
      scrollTop: fc.nat(20_000),
      scrollHeight: fc.nat(20_000),
      clientHeight: fc.nat(1000),
    });
    const states: fc.Arbitrary<Following> = fc.record({
      isFollowing: fc.boolean(),
      place: places,
      resizedAtMs: fc.nat(5000),
      gestureAtMs: fc.nat(5000),
    });
    expect(fc.check(fc.property(states, places, fc.nat(5000), isRight)).failed).toBe(false);
  });
});
