import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { StoreFolder } from '../testing/index.ts';

let at: StoreFolder;

beforeEach(() => {
  at = new StoreFolder();
});

afterEach(async () => {
  await at[Symbol.asyncDispose]();
});

const byCreation = { limit: 50, sortKey: 'created_at', sortDirection: 'asc' } as const;

describe('the index', () => {
  test.for<[string, () => void]>([
    ['is gone', () => rmSync(at.indexFile)],
    [
      'is garbage',
      () => writeFileSync(at.indexFile, 'not a database, not even nearly so'.repeat(99)),
    ],
    ['is a folder', () => (rmSync(at.indexFile), mkdirSync(at.indexFile))],
    ['has lost its middle', () => truncateSync(at.indexFile, 4096)],
  ])('is made anew from the files when it %s', async ([, damage]) => {
    const store = at.openStore();
    await at.makeThread(store, 'a');
    await at.makeThread(store, 'b');
    await store.close();
    damage();
    const next = at.openStore();

    expect(await at.listedIds(next)).toEqual(['a', 'b']);
    expect(await next.open('a')).toMatchObject({ preview: 'a' });
  });

  test('of another version is made anew', async () => {
    const store = at.openStore();
    await at.makeThread(store, 'a');
    await store.close();
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(at.indexFile);
    database.exec('DROP TABLE threads; CREATE TABLE threads (x); PRAGMA user_version = 99');
    database.close();

    expect(await at.listedIds(at.openStore())).toEqual(['a']);
    expect(at.log.lines, 'this is no fault').toEqual([]);
  });

  test('survives the move of the at.home folder', async () => {
    const store = at.openStore();
    await at.makeThread(store, 'a');
    await store.close();
    const moved = join(at.parent, 'moved');
    renameSync(at.home, moved);
    at.home = moved;

    expect((await at.openStore().open('a'))?.journal.path.startsWith(moved)).toBe(true);
  });

  test('forgets threads whose files were deleted', async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    await at.makeThread(at.openStore(), 'b');
    rmSync(path);

    expect(await at.listedIds(at.openStore())).toEqual(['b']);
  });

  test('shows what another process has written since', async () => {
    const mine = at.openStore();
    await at.makeThread(mine, 'a');
    expect(await at.listedIds(mine)).toEqual(['a']);
    await at.makeThread(at.openStore(), 'b');
    at.clock.advance(1000);

    expect(await at.listedIds(mine)).toEqual(['a', 'b']);
  });
});

/** The first line of a thread's file, written by hand. */
const metaText = (payload: object, timestamp: unknown = '2026-01-02T00:00:00.000Z'): string =>
  `{"timestamp":${JSON.stringify(timestamp)},"type":"store/meta","payload":${JSON.stringify(payload)}}\n`;

describe('one odd file', () => {
  const meta = {
    id: 'odd',
    cwd: '/',
    model: 'm',
    modelProvider: 'p',
    originator: 'o',
    source: 's',
  };
  const whole = { ...meta, createdAtMs: 1, threadSource: null };

  test.for<[string, string, boolean]>([
    ['a fraction in a time', metaText({ ...whole, createdAtMs: 1.5 }), true],
    ['a time beyond all calendars', metaText({ ...whole, createdAtMs: 1e300 }), true],
    ['a time before them', metaText({ ...whole, createdAtMs: -1e300 }), true],
    [
      'a number that is none',
      metaText(whole).replace('"createdAtMs":1', '"createdAtMs":1e999'),
      true,
    ],
    ['a time that is a word', metaText({ ...whole, createdAtMs: 'now' }), true],
    ['a timestamp with microseconds', metaText(whole, '2026-01-02T00:00:00.0000019Z'), false],
    [
      'a line with an odd timestamp',
      `${metaText(whole)}{"timestamp":7,"type":"x","payload":{}}\n`,
      true,
    ],
    ['a name of a wrong type', `${metaText(whole)}${metaText({}).replace('meta', 'name')}`, true],
    ['an id with a path', metaText({ ...whole, id: '../../odd' }), true],
    ['an empty id', metaText({ ...whole, id: '' }), false],
    [
      'ten thousand brackets',
      `${metaText(whole)}{"timestamp":"","type":"x","payload":${'['.repeat(10_000)}\n`,
      true,
    ],
    ['a lone surrogate and a zero', metaText({ ...whole, cwd: '\ud800\0' }), true],
  ])('with %s leaves the list and the others as they are', async ([, content, isListed]) => {
    const path = await at.makeThread(at.openStore(), 'good');
    writeFileSync(join(dirname(path), 'rollout-odd.jsonl'), content);
    const store = at.openStore();
    const ids = await at.listedIds(store);

    expect(ids.filter((id) => id === 'good')).toHaveLength(1);
    expect(ids.length).toBe(isListed ? 2 : 1);
    expect(await store.open('good')).toBeDefined();
    expect(at.logged('warn').filter(({ message }) => message.includes('anew'))).toEqual([]);
  });

  test('that is a pipe is not waited for', async () => {
    const path = await at.makeThread(at.openStore(), 'good');
    execFileSync('mkfifo', [join(dirname(path), 'rollout-pipe.jsonl')]);

    expect(await at.listedIds(at.openStore())).toEqual(['good']);
  });
});

describe('a list', () => {
  test('goes forward page by page and back again', async () => {
    const store = at.openStore();
    for (const id of ['a', 'b', 'c', 'd', 'e']) await at.makeThread(store, id);
    const first = await store.list({ ...byCreation, limit: 2 });
    const second = await store.list({ ...byCreation, limit: 2, cursor: first.nextCursor ?? '' });
    const third = await store.list({ ...byCreation, limit: 2, cursor: second.nextCursor ?? '' });
    const back = await store.list({
      ...byCreation,
      sortDirection: 'desc',
      cursor: third.backwardsCursor ?? '',
    });

    expect([first, second, third].map(({ rows }) => rows.map(({ id }) => id))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e'],
    ]);
    expect(third.nextCursor).toBeNull();
    expect(back.rows.map(({ id }) => id)).toEqual(['d', 'c', 'b', 'a']);
  });

  test('sorts by the last change, records and names included', async () => {
    const store = at.openStore();
    for (const id of ['a', 'b', 'c']) await at.makeThread(store, id);
    const a = await store.open('a');
    at.clock.advance(1000);
    void a?.journal.append({ type: 'message' });
    await a?.journal.flush();
    at.clock.advance(1000);
    (await store.open('b'))?.journal.setName('renamed');

    expect(await at.listedIds(store, { sortKey: 'updated_at', sortDirection: 'desc' })).toEqual([
      'b',
      'a',
      'c',
    ]);
  });

  test('finds words of name and preview in any case, signs of patterns taken as they are', async () => {
    const store = at.openStore();
    await at.makeThread(store, 'a', 'Grüße aus ÖSTERREICH');
    await at.makeThread(store, 'b', '100% sure_thing');
    (await store.open('b'))?.journal.setName('Über allem');

    expect(await at.listedIds(store, { searchTerm: 'österreich' })).toEqual(['a']);
    expect(await at.listedIds(store, { searchTerm: 'ÜBER' })).toEqual(['b']);
    expect(await at.listedIds(store, { searchTerm: '0%' })).toEqual(['b']);
    expect(await at.listedIds(store, { searchTerm: '%' })).toEqual(['b']);
    expect(await at.listedIds(store, { searchTerm: "' OR 1=1 --" })).toEqual([]);
    expect(await at.listedIds(store, { searchTerm: '  ' })).toEqual(['a', 'b']);
  });

  test.for(['', 'X', 'bnVsbA', Buffer.from('["created_at","1","a"]').toString('base64url')])(
    'refuses the cursor %j',
    async (cursor) => {
      await expect(at.openStore().list({ ...byCreation, cursor })).rejects.toThrow(
        `invalid cursor: ${cursor}`,
      );
    },
  );

  test('refuses a cursor of another order', async () => {
    const store = at.openStore();
    await at.makeThread(store, 'a');
    const { backwardsCursor } = await store.list(byCreation);

    await expect(
      store.list({ ...byCreation, sortKey: 'updated_at', cursor: backwardsCursor ?? '' }),
    ).rejects.toThrow('invalid cursor');
  });

  test('of no threads is empty and creates no thread files', async () => {
    expect(await at.openStore().list(byCreation)).toEqual({
      rows: [],
      nextCursor: null,
      backwardsCursor: null,
    });
    expect(readdirSync(at.home).every((name) => name.startsWith('threads.sqlite'))).toBe(true);
  });
});
