import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { beforeEach, afterEach, describe, expect, test } from 'vitest';

import type { Journal, JournalRecord, ThreadStore } from './index.ts';
import { GatedDisk, StoreFolder } from './testing/index.ts';

let at: StoreFolder;
let disk: GatedDisk;
let store: ThreadStore;
let journal: Journal;

beforeEach(() => {
  at = new StoreFolder();
  disk = new GatedDisk();
  store = at.openStore({ disk });
  journal = store.create(at.meta('a'));
});

afterEach(async () => {
  disk.gate?.resolve();
  await at[Symbol.asyncDispose]();
});

const numbered = (from: number, until: number): JournalRecord[] =>
  Array.from({ length: until - from }, (_, index) => ({ type: 'message', index: from + index }));

/** The numbers of the records in some text of a journal. */
const numbersIn = (text: string): number[] =>
  Array.from(text.matchAll(/"index":(\d+)/gu), (match) => Number(match[1]));

/** Closes the disk's gate, and waits until a sync stands before it. */
async function holdSync(): Promise<PromiseWithResolvers<void>> {
  const gate = Promise.withResolvers<void>();
  disk.gate = gate;
  const held = disk.nextSync();
  void journal.append({ type: 'message', index: 0 });
  await held;
  return gate;
}

/** What a promise has come to by now. */
async function stateOf(promise: Promise<void>): Promise<'settled' | 'waiting'> {
  const settled = promise.then(() => 'settled' as const);
  return Promise.race([settled, Promise.resolve('waiting' as const).then((state) => state)]);
}

describe('records of one journal', () => {
  test('appended in one step are one write and one sync', async () => {
    await Promise.all(numbered(0, 100).map((record) => journal.append(record)));

    expect(disk.writes.map((text) => numbersIn(text).length)).toEqual([100]);
    expect(disk.syncs).toBe(1);
  });

  test('appended one after the other in one tick are one write and one sync', async () => {
    for (const record of numbered(0, 20)) {
      void journal.append(record);
      await Promise.resolve();
    }
    await journal.flush();

    expect(disk.writes.map((text) => numbersIn(text).length)).toEqual([20]);
    expect(disk.syncs).toBe(1);
  });

  test('appended while a sync is under way wait for it and go together into the next', async () => {
    const gate = await holdSync();
    const later = numbered(1, 50).map((record) => journal.append(record));
    gate.resolve();
    await Promise.all(later);

    expect(disk.writes.map(numbersIn)).toEqual([[0], numbered(1, 50).map(({ index }) => index)]);
    expect(disk.syncs).toBe(2);
  });

  test('are written in the very step of a commit, and what follows goes into the next group', async () => {
    await journal.append({ type: 'message', index: 0 });
    await setImmediate();
    const durable = [1, 2].map((index) => journal.append({ type: 'message', index }));
    expect(disk.writes.map(numbersIn)).toEqual([[0]]);
    journal.commit();
    expect(disk.writes.map(numbersIn)).toEqual([[0], [1, 2]]);
    journal.commit();
    durable.push(journal.append({ type: 'message', index: 3 }));
    await Promise.all(durable);

    expect(disk.writes.map(numbersIn)).toEqual([[0], [1, 2], [3]]);
    expect(disk.syncs).toBe(3);
  });

  test('keep their order where a commit comes before the file is open', async () => {
    const durable = [journal.append({ type: 'message', index: 0 })];
    journal.commit();
    durable.push(journal.append({ type: 'message', index: 1 }));
    journal.commit();
    await Promise.all(durable);

    expect(disk.writes.flatMap(numbersIn)).toEqual([0, 1]);
  });

  test('that are none are not written early either', async () => {
    journal.commit();
    await journal.append({ type: 'message', index: 0 });
    journal.commit();
    await journal.close();
    journal.commit();

    expect(disk.writes.map(numbersIn)).toEqual([[0]]);
  });

  test('are not durable before their sync is done', async () => {
    const gate = Promise.withResolvers<void>();
    disk.gate = gate;
    const syncing = disk.nextSync();
    const durable = journal.append({ type: 'message', index: 7 });
    await syncing;

    expect(numbersIn(disk.content)).toEqual([7]);
    expect(await stateOf(durable)).toBe('waiting');
    gate.resolve();
    await durable;
    expect(disk.syncs).toBe(1);
  });

  test('keep their order over many groups', async () => {
    for (let start = 0; start < 60; start += 3) {
      for (const record of numbered(start, start + 3)) void journal.append(record);
      if (start % 4 === 0) await journal.flush();
    }
    await journal.close();

    expect(numbersIn(disk.content)).toEqual(numbered(0, 60).map(({ index }) => index));
  });
});

describe('a refusal', () => {
  test.for(['open', 'append', 'sync'] as const)(
    'of %s is told once, nobody waits, and the next record brings the lines again',
    async (kind) => {
      await journal.append({ type: 'message', index: 0 });
      if (kind === 'open') {
        // The file is let go after a failed write, and opened anew.
        disk.refusal = { at: 'append', error: new Error('ENOSPC') };
        await journal.append({ type: 'message', index: 1 });
      }
      disk.refusal = { at: kind, error: new Error('ENOSPC') };
      await journal.append({ type: 'message', index: 2 });

      expect(at.warnings).toEqual([
        'This conversation cannot be saved (ENOSPC); it goes on, but would be lost when Parley ends.',
      ]);
      await journal.append({ type: 'message', index: 3 });
      expect(numbersIn(disk.content)).toEqual(kind === 'open' ? [0, 1, 2, 3] : [0, 2, 3]);
      expect(at.warnings.slice(1)).toEqual(['This conversation is saved again.']);
    },
  );

  test('while others wait behind it lets go of them too, and loses none', async () => {
    const gate = await holdSync();
    const later = numbered(1, 4).map((record) => journal.append(record));
    disk.refusal = { at: 'sync', error: new Error('EIO') };
    gate.resolve();
    await Promise.all(later);

    expect(disk.syncs).toBe(0);
    await journal.close();
    expect(numbersIn(disk.content)).toEqual([0, 1, 2, 3]);
  });

  test('at the close too ends the close all the same', async () => {
    disk.refusal = { at: 'append', error: new Error('EIO') };
    await journal.append({ type: 'message', index: 0 });
    disk.refusal = { at: 'open', error: new Error('EIO') };
    await Promise.all([journal.close(), journal.close()]);
    await journal.flush();
    await journal.append({ type: 'message', index: 1 });

    expect(disk.syncs).toBe(0);
  });
});

describe('a disk that says nothing', () => {
  test('keeps nobody waiting for longer than ten seconds, and may come back', async () => {
    const gate = await holdSync();
    const earlier = journal.append({ type: 'message', index: 1 });
    at.clock.advance(9_999);
    expect(await stateOf(earlier)).toBe('waiting');
    at.clock.advance(1);
    await Promise.all([earlier, journal.append({ type: 'message', index: 2 }), journal.flush()]);

    expect(at.warnings).toEqual([expect.stringContaining('(the disk has not answered for 10 s)')]);
    gate.resolve();
    await journal.close();
    expect(numbersIn(disk.content)).toEqual([0, 1, 2]);
    expect(at.logged('info')).toMatchObject([{ message: 'thread is saved again' }]);
  });

  test('keeps nobody who comes later waiting either, lists included', async () => {
    const gate = await holdSync();
    at.clock.advance(10_000);
    void journal.append({ type: 'message', index: 1 });
    await journal.flush();
    await at.listedIds(store);

    expect(store.unsaved('a')).toBe(at.warnings[0]);
    gate.resolve();
    await journal.flush();
    await journal.close();
    expect(numbersIn(disk.content)).toEqual([0, 1]);
    expect(store.unsaved('a')).toBeUndefined();
  });

  test.for([0, 10_000])(
    'for %i ms before the close has ten seconds more, and the thread stays taken',
    async (alreadyMs) => {
      const gate = await holdSync();
      at.clock.advance(alreadyMs);
      const closed = Promise.all([journal.close(), store.close()]);
      at.clock.advance(10_000);
      await closed;

      const owners = (): string[] => readdirSync(join(at.home, 'thread-owners'));
      expect(owners(), 'may still be written').toContainEqual(expect.stringMatching(/^a\./u));
      gate.resolve();
      await expect.poll(owners).not.toContainEqual(expect.stringMatching(/^a\./u));
      expect(numbersIn(disk.content)).toEqual([0]);
    },
  );

  test('is not told as saving again once the thread was given up', async () => {
    const gate = await holdSync();
    at.clock.advance(10_000);
    void journal.append({ type: 'large', text: 'x'.repeat(65 * 1024 * 1024) });
    gate.resolve();
    await journal.flush();

    expect(at.warnings).toEqual([
      expect.stringContaining('cannot be saved'),
      expect.stringContaining('is no longer saved'),
    ]);
    expect(store.unsaved('a')).toBe(at.warnings[1]);
    await journal.close();
  });
});
