import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { MemoryLogger } from '../platform/testing/index.ts';
import { openThreadStore, type ThreadMeta, type ThreadRow, type ThreadStore } from './index.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let home: string;
let clock: ManualClock;
let log: MemoryLogger;
let warnings: string[];
let stores: ThreadStore[];

beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'store-'));
  home = join(folder.path, 'home');
  clock = new ManualClock(Date.UTC(2026, 0, 2, 3, 4, 5));
  log = new MemoryLogger();
  warnings = [];
  stores = [];
});

afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  folder.remove();
});

/** A store as a new process would open it. */
function openStore(): ThreadStore {
  const store = openThreadStore(home, {
    clock,
    log,
    onWarning: (message) => {
      warnings.push(message);
    },
  });
  stores.push(store);
  return store;
}

function meta(id: string): ThreadMeta {
  return {
    id,
    createdAtMs: clock.nowMs(),
    cwd: '/work',
    model: 'm',
    modelProvider: 'practice',
    originator: 'test',
    source: 'appServer',
    threadSource: null,
  };
}

/** Makes a thread with one record and a preview, a second after the one before. */
async function makeThread(store: ThreadStore, id: string, preview = id): Promise<string> {
  clock.advance(1000);
  const journal = store.create(meta(id));
  journal.setPreview(preview);
  journal.append({ type: 'message', text: `first of ${id}` });
  await journal.close();
  return journal.path;
}

const byCreation = { limit: 50, sortKey: 'created_at', sortDirection: 'asc' } as const;

async function listedIds(store: ThreadStore, query = {}): Promise<string[]> {
  const { rows } = await store.list({ ...byCreation, ...query });
  return rows.map((row) => row.id);
}

const indexFile = (): string => join(home, 'threads.sqlite');

describe('a thread in its file', () => {
  test('comes back as it was written, in order, after the process ended', async () => {
    const store = openStore();
    const journal = store.create(meta('a'));
    const records = Array.from({ length: 200 }, (_, index) => ({
      type: 'message',
      index,
      text: `line\n${'ü'.repeat(index)}`,
    }));
    for (const record of records) journal.append(record);
    journal.setPreview('hello');
    journal.setName('My thread');
    await store.close();

    expect(await openStore().open('a')).toMatchObject({
      meta: meta('a'),
      preview: 'hello',
      name: 'My thread',
      records,
    });
  });

  test('lies under its day, readable by the user alone, one JSON object a line', async () => {
    const path = await makeThread(openStore(), 'a');
    clock.advance(1000);

    expect(path).toBe(join(home, 'sessions/2026/01/02/rollout-2026-01-02T03-04-06-a.jsonl'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(statSync(indexFile()).mode & 0o777).toBe(0o600);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { timestamp: '2026-01-02T03:04:06.000Z', type: 'store/meta', payload: expect.anything() },
      { timestamp: '2026-01-02T03:04:06.000Z', type: 'store/preview', payload: { text: 'a' } },
      {
        timestamp: '2026-01-02T03:04:06.000Z',
        type: 'message',
        payload: { text: 'first of a' },
      },
    ]);
  });

  test('that was never used has no file and is in no list, name or not', async () => {
    const store = openStore();
    const journal = store.create(meta('a'));
    journal.setName('planned');
    await journal.flush();

    expect(existsSync(journal.path)).toBe(false);
    expect(await listedIds(store)).toEqual([]);
    expect(await store.open('a')).toBeUndefined();
    journal.append({ type: 'message' });
    expect(await store.open('a')).toMatchObject({
      name: 'planned',
      records: [{ type: 'message' }],
    });
  });

  test('goes on where it was when opened again, also by two at once', async () => {
    await makeThread(openStore(), 'a');
    const store = openStore();
    const [left, right] = await Promise.all([store.open('a'), store.open('a')]);
    left?.journal.append({ type: 'left' });
    right?.journal.append({ type: 'right' });
    await left?.journal.close();
    left?.journal.append({ type: 'after its close' });
    right?.journal.append({ type: 'still open' });

    expect((await store.open('a'))?.records.map(({ type }) => type)).toEqual([
      'message',
      'left',
      'right',
      'still open',
    ]);
  });

  test('opened while it is being closed, has all that was appended and goes on', async () => {
    const store = openStore();
    const journal = store.create(meta('a'));
    journal.append({ type: 'one' });
    const closed = journal.close();
    const opened = await store.open('a');
    await closed;
    opened?.journal.append({ type: 'two' });

    expect(opened?.records).toEqual([{ type: 'one' }]);
    expect((await store.open('a'))?.records.map(({ type }) => type)).toEqual(['one', 'two']);
  });

  test('opened while the store closes, is not left open', async () => {
    const store = openStore();
    await makeThread(store, 'a');
    const opening = store.open('a');
    await Promise.all([store.close(), expect(opening).rejects.toThrow('has been closed')]);
  });

  test('takes nothing after close, and closing twice is harmless', async () => {
    const store = openStore();
    const journal = store.create(meta('a'));
    journal.append({ type: 'before' });
    await Promise.all([journal.close(), journal.close()]);
    journal.append({ type: 'after' });
    await journal.flush();

    expect((await store.open('a'))?.records).toEqual([{ type: 'before' }]);
    await store.close();
    await store.close();
    await expect(store.list(byCreation)).rejects.toThrow('The thread store has been closed.');
  });

  test('passes over a record that JSON cannot express, and says so', async () => {
    const store = openStore();
    const journal = store.create(meta('a'));
    journal.append({ type: 'bad', big: 1n });
    journal.append({ type: 'good' });

    expect((await store.open('a'))?.records).toEqual([{ type: 'good' }]);
    expect(log.lines).toMatchObject([{ level: 'error' }]);
  });
});

describe('after a crash', () => {
  test('a torn last line does not count and is cut when the thread goes on', async () => {
    const path = await makeThread(openStore(), 'a');
    const whole = readFileSync(path, 'utf8');
    appendFileSync(
      path,
      `{"timestamp":"2026-01-02T03:04:07.000Z","type":"torn","pay${'x'.repeat(70_000)}`,
    );
    const store = openStore();
    const opened = await store.open('a');

    expect(opened?.records).toEqual([{ type: 'message', text: 'first of a' }]);
    expect(readFileSync(path, 'utf8'), 'reading changes nothing').not.toBe(whole);
    opened?.journal.append({ type: 'next' });
    await opened?.journal.flush();
    expect(readFileSync(path, 'utf8')).toMatch(/"first of a"\}\}\n\{[^\n]*"next"[^\n]*\n$/);
    expect(readFileSync(path, 'utf8').startsWith(whole)).toBe(true);
  });

  test('damaged lines in the middle are passed over and reported', async () => {
    const path = await makeThread(openStore(), 'a');
    appendFileSync(path, 'garbage\n{"type":1}\n');
    const store = openStore();
    const opened = await store.open('a');
    opened?.journal.append({ type: 'next' });

    expect((await store.open('a'))?.records).toHaveLength(2);
    expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { fields: { damagedLines: 2 } },
      { fields: { damagedLines: 2 } },
    ]);
  });

  test('between the file and the index, the list still shows what the file says', async () => {
    const path = await makeThread(openStore(), 'a', 'old words');
    appendFileSync(
      path,
      '{"timestamp":"2026-01-02T04:00:00.000Z","type":"store/name","payload":{"name":"late"}}\n',
    );
    const { rows } = await openStore().list(byCreation);

    expect(rows).toEqual<ThreadRow[]>([
      {
        ...meta('a'),
        updatedAtMs: Date.UTC(2026, 0, 2, 4),
        preview: 'old words',
        name: 'late',
        path,
      },
    ]);
  });

  test('a file whose first line is torn or strange is no thread and does no harm', async () => {
    const path = await makeThread(openStore(), 'a');
    await makeThread(openStore(), 'b');
    truncateSync(path, 30);
    writeFileSync(join(dirname(path), 'rollout-foreign.jsonl'), '{"type":"session_meta"}\n');
    mkdirSync(join(dirname(path), 'rollout-folder.jsonl'));

    expect(await listedIds(openStore())).toEqual(['b']);
  });
});

describe('the index', () => {
  test.for<[string, () => void]>([
    ['is gone', () => rmSync(indexFile())],
    [
      'is garbage',
      () => writeFileSync(indexFile(), 'not a database, not even nearly so'.repeat(99)),
    ],
    ['is a folder', () => (rmSync(indexFile()), mkdirSync(indexFile()))],
    ['has lost its middle', () => truncateSync(indexFile(), 4096)],
  ])('is made anew from the files when it %s', async ([, damage]) => {
    const store = openStore();
    await makeThread(store, 'a');
    await makeThread(store, 'b');
    await store.close();
    damage();
    const next = openStore();

    expect(await listedIds(next)).toEqual(['a', 'b']);
    expect(await next.open('a')).toMatchObject({ preview: 'a' });
  });

  test('of another version is made anew', async () => {
    const store = openStore();
    await makeThread(store, 'a');
    await store.close();
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(indexFile());
    database.exec('DROP TABLE threads; CREATE TABLE threads (x); PRAGMA user_version = 99');
    database.close();

    expect(await listedIds(openStore())).toEqual(['a']);
    expect(log.lines, 'this is no fault').toEqual([]);
  });

  test('survives the move of the home folder', async () => {
    const store = openStore();
    await makeThread(store, 'a');
    await store.close();
    const moved = join(folder.path, 'moved');
    renameSync(home, moved);
    home = moved;

    expect((await openStore().open('a'))?.journal.path.startsWith(moved)).toBe(true);
  });

  test('forgets threads whose files were deleted', async () => {
    const path = await makeThread(openStore(), 'a');
    await makeThread(openStore(), 'b');
    rmSync(path);

    expect(await listedIds(openStore())).toEqual(['b']);
  });

  test('shows what another process has written since', async () => {
    const mine = openStore();
    await makeThread(mine, 'a');
    expect(await listedIds(mine)).toEqual(['a']);
    await makeThread(openStore(), 'b');
    clock.advance(1000);

    expect(await listedIds(mine)).toEqual(['a', 'b']);
  });
});

describe('a list', () => {
  test('goes forward page by page and back again', async () => {
    const store = openStore();
    for (const id of ['a', 'b', 'c', 'd', 'e']) await makeThread(store, id);
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
    const store = openStore();
    for (const id of ['a', 'b', 'c']) await makeThread(store, id);
    const a = await store.open('a');
    clock.advance(1000);
    a?.journal.append({ type: 'message' });
    await a?.journal.flush();
    clock.advance(1000);
    (await store.open('b'))?.journal.setName('renamed');

    expect(await listedIds(store, { sortKey: 'updated_at', sortDirection: 'desc' })).toEqual([
      'b',
      'a',
      'c',
    ]);
  });

  test('finds words of name and preview in any case, signs of patterns taken as they are', async () => {
    const store = openStore();
    await makeThread(store, 'a', 'Grüße aus ÖSTERREICH');
    await makeThread(store, 'b', '100% sure_thing');
    (await store.open('b'))?.journal.setName('Über allem');

    expect(await listedIds(store, { searchTerm: 'österreich' })).toEqual(['a']);
    expect(await listedIds(store, { searchTerm: 'ÜBER' })).toEqual(['b']);
    expect(await listedIds(store, { searchTerm: '0%' })).toEqual(['b']);
    expect(await listedIds(store, { searchTerm: '%' })).toEqual(['b']);
    expect(await listedIds(store, { searchTerm: "' OR 1=1 --" })).toEqual([]);
    expect(await listedIds(store, { searchTerm: '  ' })).toEqual(['a', 'b']);
  });

  test.for(['', 'X', 'bnVsbA', Buffer.from('["created_at","1","a"]').toString('base64url')])(
    'refuses the cursor %j',
    async (cursor) => {
      await expect(openStore().list({ ...byCreation, cursor })).rejects.toThrow(
        `invalid cursor: ${cursor}`,
      );
    },
  );

  test('refuses a cursor of another order', async () => {
    const store = openStore();
    await makeThread(store, 'a');
    const { backwardsCursor } = await store.list(byCreation);

    await expect(
      store.list({ ...byCreation, sortKey: 'updated_at', cursor: backwardsCursor ?? '' }),
    ).rejects.toThrow('invalid cursor');
  });

  test('of no threads is empty and creates no thread files', async () => {
    expect(await openStore().list(byCreation)).toEqual({
      rows: [],
      nextCursor: null,
      backwardsCursor: null,
    });
    expect(readdirSync(home).every((name) => name.startsWith('threads.sqlite'))).toBe(true);
  });
});

describe('a disk that takes nothing', () => {
  test('costs one warning and no turn, and what waited is written when it works again', async () => {
    mkdirSync(home);
    writeFileSync(join(home, 'sessions'), 'a file where the folder should be');
    const store = openStore();
    const [a, b] = [store.create(meta('a')), store.create(meta('b'))];
    a.append({ type: 'one' });
    b.append({ type: 'one' });
    await Promise.all([a.flush(), b.flush()]);
    a.append({ type: 'two' });
    await a.flush();

    expect(warnings).toEqual([expect.stringMatching(/^Conversations cannot be saved \(E.*\)/)]);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(await listedIds(store)).toEqual([]);
    rmSync(join(home, 'sessions'));
    a.append({ type: 'three' });
    expect((await store.open('a'))?.records.map(({ type }) => type)).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(warnings).toHaveLength(1);
  });

  test('is given up when too much waits, and the process goes on', async () => {
    mkdirSync(home);
    writeFileSync(join(home, 'sessions'), 'a file where the folder should be');
    const store = openStore();
    const journal = store.create(meta('a'));
    for (let count = 0; count < 3; count += 1) {
      journal.append({ type: 'large', text: 'x'.repeat(6 * 1024 * 1024) });
      await journal.flush();
    }
    journal.append({ type: 'after' });
    await journal.close();

    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { message: 'thread is no longer saved' },
    ]);
  });
});
