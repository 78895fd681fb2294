import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { OtherProcess, recordsOf, StoreFolder } from './testing/index.ts';

let at: StoreFolder;

beforeEach(() => {
  at = new StoreFolder();
});

afterEach(async () => {
  await at[Symbol.asyncDispose]();
});

const archive = (): string => join(at.home, 'archived_sessions');
const archivedFiles = (): readonly string[] =>
  existsSync(archive()) ? readdirSync(archive()) : [];

describe('a thread that was put away', () => {
  test('lies in a folder beside the others, is listed apart and read, and is opened again only when it is back', async () => {
    const store = at.openStore();
    const path = await at.makeThread(store, 'a', 'first words');
    const before = readFileSync(path, 'utf8');

    expect(await store.archive('a')).toBe(true);
    expect(archivedFiles()).toEqual([basename(path)]);
    expect(await at.listedIds(store)).toEqual([]);
    expect(await at.listedIds(store, { isArchived: true })).toEqual(['a']);
    expect(recordsOf(await store.read('a'))).toHaveLength(1);
    await expect(store.open('a')).rejects.toThrow('session a is archived');

    expect(await store.unarchive('a')).toMatchObject({ id: 'a', isArchived: false, path });
    expect(await at.listedIds(store)).toEqual(['a']);
    expect(recordsOf(await store.open('a'))).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('cannot be put away or taken back twice, and one that is not there neither', async () => {
    const store = at.openStore();
    await at.makeThread(store, 'a');

    expect(await store.unarchive('a')).toBeUndefined();
    expect(await Promise.all([store.archive('a'), store.archive('a')])).toEqual([true, false]);
    expect(await store.archive('nobody')).toBe(false);
    expect(await store.unarchive('nobody')).toBeUndefined();
    expect(await store.delete('nobody')).toBe(false);
  });

  test('is where its file is, when the process was killed before the index knew', async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    const running = at.openStore();
    expect(await at.listedIds(running)).toEqual(['a']);
    mkdirSync(archive());
    renameSync(path, join(archive(), basename(path)));

    // The one that goes on meanwhile finds out when it is asked for the thread, a new one at once.
    await expect(running.open('a')).rejects.toMatchObject({ code: 'threadArchived' });
    const store = at.openStore();
    expect(await at.listedIds(store)).toEqual([]);
    expect(await at.listedIds(store, { isArchived: true })).toEqual(['a']);

    renameSync(join(archive(), basename(path)), path);
    expect(await at.listedIds(at.openStore())).toEqual(['a']);
    expect(await running.open('a')).toBeDefined();
  });

  test('is found again when the index is gone', async () => {
    const store = at.openStore();
    await at.makeThread(store, 'a');
    await store.archive('a');
    await store.close();
    rmSync(at.indexFile);

    expect(await at.listedIds(at.openStore(), { isArchived: true })).toEqual(['a']);
  });

  test('takes no place that is taken', async () => {
    const store = at.openStore();
    const path = await at.makeThread(store, 'a');
    mkdirSync(archive());
    const copy = join(archive(), basename(path));
    writeFileSync(copy, 'somebody’s');

    await expect(store.archive('a')).rejects.toThrow(
      /thread a cannot be archived: .*is there already/u,
    );
    expect(readFileSync(copy, 'utf8')).toBe('somebody’s');
    expect(await store.open('a')).toBeDefined();
  });
});

describe('a thread that is removed', () => {
  test('is gone with its file, put away or not, and what comes late finds nothing', async () => {
    const store = at.openStore();
    const paths = [await at.makeThread(store, 'a'), await at.makeThread(store, 'b')];
    await store.archive('b');

    expect(await Promise.all(['a', 'b'].map((id) => store.delete(id)))).toEqual([true, true]);
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
    expect(archivedFiles()).toEqual([]);
    expect(await store.delete('a')).toBe(false);
    expect(await store.open('a')).toBeUndefined();
    expect(await store.read('b')).toBeUndefined();
    expect(await at.listedIds(at.openStore(), { isArchived: true })).toEqual([]);
  });

  test('is gone from the list, when the process was killed before the index knew', async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    const running = at.openStore();
    expect(await at.listedIds(running)).toEqual(['a']);
    rmSync(path);

    expect(await running.open('a')).toBeUndefined();
    expect(await at.listedIds(running)).toEqual([]);
    expect(await at.listedIds(at.openStore())).toEqual([]);
  });
});

describe('a thread that is open', () => {
  test('here is neither moved nor removed', async () => {
    const store = at.openStore();
    await at.makeThread(store, 'a');
    const opened = await store.open('a');

    await expect(store.archive('a')).rejects.toThrow('thread a cannot be archived: it is open');
    await expect(store.delete('a')).rejects.toThrow('thread a cannot be deleted: it is open');
    await opened?.journal.close();
    expect(await store.archive('a')).toBe(true);
  });

  test('in another process is refused in words, and let go when that was killed', async () => {
    await using other = new OtherProcess(at.home);
    const store = at.openStore();
    await at.makeThread(store, 'a');
    expect(await other.ask('open a')).toBe('opened 1');

    await expect(store.archive('a')).rejects.toMatchObject({ code: 'threadOwned' });
    await expect(store.delete('a')).rejects.toThrow(`open in another process (pid ${other.pid})`);
    await other.kill();
    expect(await store.delete('a')).toBe(true);
  });
});

test.skipIf(process.getuid?.() === 0)(
  'a home that can only be read refuses in words, and the thread stays where it is',
  async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    await at.close();
    const folders = [dirname(path), join(at.home, 'thread-owners'), at.home];
    for (const folder of folders) chmodSync(folder, 0o500);
    const store = at.openStore();

    await expect(store.archive('a')).rejects.toThrow(/^thread a cannot be archived: E/u);
    await expect(store.delete('a')).rejects.toThrow(/^thread a cannot be deleted: E/u);
    expect(await at.listedIds(store)).toEqual(['a']);
    for (const folder of folders) chmodSync(folder, 0o700);
  },
);
