import { expect, test } from 'vitest';

import { compare } from './rowOf.ts';

test('ours is held against each of the others, with what is promised beside it', () => {
  const row = compare(
    { what: 'a hop', unit: 'ms', ofPeer: { atMost: 0.5 }, promised: { atMost: 9 } },
    [
      ['ours', { value: 2 }],
      ['relay', { value: 1 }],
      ['before', { value: 2 }],
      ['peer', { value: 8 }],
    ],
  );

  expect(row).toEqual({
    what: 'a hop',
    unit: 'ms',
    ours: { value: 2 },
    promised: { atMost: 9 },
    against: [
      { name: 'a bare relay', value: 1 },
      { name: 'the commit before', value: 2, promised: { atMost: 1.05 } },
      { name: 'the peer', value: 8, promised: { atMost: 0.5 } },
    ],
  });
});

test('a rate promises not to fall below that of the commit before', () => {
  const row = compare({ what: 'a flood', unit: 'a second' }, [
    ['ours', { value: 90 }],
    ['before', { value: 100 }],
  ]);

  expect(row.against[0]?.promised).toEqual({ atLeast: 1 / 1.05 });
});

test('a commit that promised less is shown and no limit', () => {
  const row = compare({ what: 'told', unit: 'ms', promisesMore: true }, [
    ['ours', { value: 3 }],
    ['before', { value: 1 }],
  ]);

  expect(row.against).toEqual([{ name: 'the commit before', value: 1 }]);
});
