import { describe, expect, test } from 'vitest';

import {
  acceptsAudio,
  audioPlayed,
  audioReceived,
  cutAll,
  heardShare,
  emptyLedger,
  pendingMs,
  splitAtShare,
  unfinishedItems,
} from './playbackLedger.ts';

const two = audioReceived(audioReceived(emptyLedger, 'first', 'r1', 2_000), 'second', 'r1', 1_000);
const at = (ms: number): Map<string, number> => new Map([['first', ms]]);

describe('what was heard', () => {
  test('an interruption reports the item being heard and those not begun', () => {
    expect(unfinishedItems(audioPlayed(two, at(650)))).toEqual([
      { itemId: 'first', playedMs: 650 },
      { itemId: 'second', playedMs: 0 },
    ]);
  });

  test('an item that was heard to its end is not reported', () => {
    expect(unfinishedItems(audioPlayed(two, at(1_980)))).toEqual([
      { itemId: 'second', playedMs: 0 },
    ]);
  });

  test('audio that comes late for a stopped answer is refused, a new answer is not', () => {
    const cut = cutAll(audioPlayed(two, at(650)), undefined);

    expect([
      acceptsAudio(cut, 'first', 'r1'),
      acceptsAudio(cut, 'third', 'r1'),
      acceptsAudio(cut, 'first', undefined),
      acceptsAudio(cut, 'next', 'r2'),
    ]).toEqual([false, false, false, true]);
  });

  test('an answer stopped before any of it arrived is refused as well', () => {
    expect(acceptsAudio(cutAll(emptyLedger, 'r9'), 'x', 'r9')).toBe(false);
  });

  test('a late report cannot unsay what was heard, nor move a cut', () => {
    const ledger = audioPlayed(audioPlayed(two, at(900)), at(300));
    const cut = audioPlayed(cutAll(ledger, undefined), at(1_500));

    expect(cut.items.get('first')).toMatchObject({ playedMs: 900, cut: true });
  });

  test('interrupting twice reports nothing the second time', () => {
    expect(unfinishedItems(cutAll(two, 'r1'))).toEqual([]);
  });

  test('what is still to come is what arrived and was neither heard nor cut', () => {
    const ledger = audioPlayed(two, at(500));

    expect([pendingMs(ledger), pendingMs(cutAll(ledger, undefined))]).toEqual([2_500, 0]);
  });

  test('an item without sound counts as read', () => {
    expect(heardShare(undefined)).toBe(1);
  });
});

describe('splitting words at what was heard', () => {
  test.for<{ share: number; heard: string }>([
    { share: 0, heard: '' },
    { share: 0.5, heard: 'one two ' },
    { share: 0.55, heard: 'one two ' },
    { share: 0.95, heard: 'one two three' },
    { share: 1, heard: 'one two three' },
  ])('at $share of the length never breaks a word', ({ share, heard }) => {
    const [before, after] = splitAtShare('one two three', share);

    expect({ before, whole: before + after }).toEqual({ before: heard, whole: 'one two three' });
  });
});
