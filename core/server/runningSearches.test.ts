import { expect, test } from 'vitest';

import { RunningSearches, type SearchKind } from './runningSearches.ts';
import type { Listener } from './subscriptions.ts';

const client = (): Listener => ({
  isOwner: true,
  unreadBytes: 0,
  notify: () => 0,
  request: () => undefined,
});

/** Runs until it is told to stop, and then ends with its name. */
async function run(
  searches: RunningSearches,
  of: Listener,
  what: { readonly kind: SearchKind; readonly id: number },
): Promise<number> {
  return searches.run(of, what, async (signal) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    signal.addEventListener('abort', () => resolve(what.id));
    return promise;
  });
}

test('a search ends by its id and kind at its own client, and with it', async () => {
  const searches = new RunningSearches();
  const [one, other] = [client(), client()];
  const ended: number[] = [];
  const all = [
    run(searches, one, { kind: 'plain', id: 1 }),
    run(searches, one, { kind: 'streamed', id: 2 }),
    run(searches, one, { kind: 'plain', id: 3 }),
    run(searches, other, { kind: 'plain', id: 4 }),
  ].map(async (search) => ended.push(await search));
  searches.cancel(one, 'plain', 2);
  searches.cancel(one, 'plain', 4);
  searches.cancel(one, 'plain', 99);
  searches.cancel(one, 'plain', 1);
  searches.cancel(one, 'plain', 1);
  await all[0];
  expect(ended).toEqual([1]);
  searches.leave(one);
  searches.leave(one);
  await Promise.all(all.slice(1, 3));
  expect(ended).toEqual([1, 2, 3]);
  searches.cancel(other, 'plain', 4);
  await all[3];
  expect(ended).toEqual([1, 2, 3, 4]);
});
