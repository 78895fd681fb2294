import { expect, test } from 'vitest';

import { Arrivals } from './arrivals.ts';

test('each waits for its own piece, and gets the moment it came with', async () => {
  const arrivals = new Arrivals<string>('the far side');
  const second = arrivals.next('b', (value) => value === 'b');
  const first = arrivals.next('a', (value) => value === 'a');
  arrivals.deliver('a', 1.5);
  arrivals.deliver('b', 2.5);

  expect(await Promise.all([first, second])).toEqual([
    { value: 'a', atMs: 1.5 },
    { value: 'b', atMs: 2.5 },
  ]);
});

test('what came before anybody waited is over', async () => {
  const arrivals = new Arrivals<number>('the far side');
  arrivals.deliver(1, 1);
  const next = arrivals.next('number', () => true);
  arrivals.deliver(2, 2);
  arrivals.deliver(3, 3);

  expect((await next).value).toBe(2);
});

test('after a failure nobody waits any more, now or later', async () => {
  const arrivals = new Arrivals<number>('the far side');
  const waiting = arrivals.next('number', () => true);
  arrivals.fail(new Error('ended (1)'));
  arrivals.fail(new Error('ended again'));

  await expect(waiting).rejects.toThrow('ended (1)');
  await expect(arrivals.next('number', () => true)).rejects.toThrow('ended (1)');
});
