import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { PatchProgress } from './patchProgress.ts';

function watched() {
  const clock = new ManualClock();
  const told: unknown[] = [];
  const progress = new PatchProgress({
    clock,
    delta: (_method, fields) => void told.push(fields),
  });
  return { progress, clock, told };
}

/** The diff of each file, as often as it was told. */
const diffs = (told: readonly unknown[]): unknown =>
  told.map((fields) => {
    const { changes } = fields as { readonly changes: readonly { readonly diff: string }[] };
    return changes.map(({ diff }) => diff);
  });

test('a patch is shown when there is something to see, after each pause, and at its end', () => {
  const { progress, clock, told } = watched();
  progress.take('*** Begin Patch\n');
  progress.take('*** Add File: a\n');
  progress.take('+one\n');
  clock.advance(499);
  progress.take('+two\n');
  clock.advance(1);
  progress.take('+three\n');
  progress.take('+four\n*** End Patch');
  progress.end();

  expect(diffs(told)).toEqual([[''], ['one\ntwo\nthree\n'], ['one\ntwo\nthree\nfour\n']]);
});

test('nothing is shown twice, and an empty pause shows nothing', () => {
  const { progress, clock, told } = watched();
  progress.take('*** Begin Patch\n*** Delete File: a\n');
  clock.advance(1_000);
  progress.take('*** End');
  progress.take(' Patch\n');
  progress.end();

  expect(told).toEqual([{ changes: [{ path: 'a', kind: { type: 'delete' }, diff: '' }] }]);
});

test('what goes wrong is shown no further', () => {
  const { progress, clock, told } = watched();
  progress.take('*** Begin Patch\n*** Update File: a\n*** Move to: b\n@@\n-x\n');
  clock.advance(1_000);
  progress.take('oops\n+y\n');
  progress.take('+z\n*** End Patch\n');
  progress.end();

  expect(told).toEqual([
    {
      changes: [{ path: 'a', kind: { type: 'update', move_path: 'b' }, diff: '@@\n-x\n' }],
    },
  ]);
});
