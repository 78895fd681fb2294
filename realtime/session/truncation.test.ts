import { describe, expect, test } from 'vitest';

import { OutputLedger } from './truncation.ts';

function ledgerWith(samples: Readonly<Record<string, number>>): OutputLedger {
  const ledger = new OutputLedger(24_000);
  for (const [itemId, count] of Object.entries(samples)) ledger.received(itemId, 'r', count);
  return ledger;
}

describe('output ledger', () => {
  test('a hundred chunks of 47 samples add up to 195 ms, not to a hundred times 1 ms', () => {
    const ledger = new OutputLedger(24_000);
    for (let index = 0; index < 100; index += 1) ledger.received('a', 'r', 47);

    expect(ledger.receivedMs('a')).toBe(195);
  });

  test.for([
    { name: 'cuts at the whole millisecond that was heard', playedMs: 650.4, cut: 650 },
    { name: 'never cuts beyond what was received', playedMs: 999.6, cut: undefined },
    { name: 'leaves an item alone that was heard to its end', playedMs: 1000, cut: undefined },
    { name: 'takes more than was received for the end', playedMs: 5000, cut: undefined },
  ])('$name', ({ playedMs, cut }) => {
    const cuts = ledgerWith({ a: 24_000 }).cuts([{ itemId: 'a', playedMs }]);

    expect(cuts).toEqual(
      cut === undefined ? [] : [{ type: 'truncate', itemId: 'a', audioEndMs: cut }],
    );
  });

  test('an item that had not begun to play is deleted, one that never had sound is not touched', () => {
    const cuts = ledgerWith({ heard: 24_000, waiting: 12_000 }).cuts([
      { itemId: 'heard', playedMs: 400 },
      { itemId: 'waiting', playedMs: 0 },
      { itemId: 'written', playedMs: 0 },
    ]);

    expect(cuts).toEqual([
      { type: 'truncate', itemId: 'heard', audioEndMs: 400 },
      { type: 'delete', itemId: 'waiting' },
    ]);
  });
});
