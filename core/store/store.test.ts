import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Journal, ThreadRow } from './index.ts';
import { recordsOf, StoreFolder } from './testing/index.ts';

let at: StoreFolder;

beforeEach(() => {
  at = new StoreFolder();
});

afterEach(async () => {
  await at[Symbol.asyncDispose]();
});

const byCreation = { limit: 50, sortKey: 'created_at', sortDirection: 'asc' } as const;

describe('a thread in its file', () => {
  test('comes back as it was written, in order, after the process ended', async () => {
    const store = at.openStore();
    const journal = store.create(at.meta('a'));
    const records = Array.from({ length: 200 }, (_, index) => ({
      type: 'message',
      index,
      text: `line\n${'ü'.repeat(index)}`,
    }));
    for (const record of records) void journal.append(record);
    journal.setPreview('hello');
    journal.setName('My thread');
    await store.close();

    const opened = await at.openStore().open('a');
    expect(opened).toMatchObject({ meta: at.meta('a'), preview: 'hello', name: 'My thread' });
    expect(recordsOf(opened)).toEqual(records);
  });

  test('lies under its day, readable by the user alone, one JSON object a line', async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    at.clock.advance(1000);

    expect(path).toBe(join(at.home, 'sessions/2026/01/02/rollout-2026-01-02T03-04-06-a.jsonl'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(statSync(at.indexFile).mode & 0o777).toBe(0o600);
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
    const store = at.openStore();
    const journal = store.create(at.meta('a'));
    journal.setName('planned');
    await journal.flush();

    expect(existsSync(journal.path)).toBe(false);
    expect(await at.listedIds(store)).toEqual([]);
    expect(await store.open('a')).toBeUndefined();
    void journal.append({ type: 'message' });
    expect(await store.open('a')).toMatchObject({
      name: 'planned',
      records: [{ type: 'message' }],
    });
  });

  test('goes on where it was when opened again, also by two at once', async () => {
    await at.makeThread(at.openStore(), 'a');
    const store = at.openStore();
    const [left, right] = await Promise.all([store.open('a'), store.open('a')]);
    void left?.journal.append({ type: 'left' });
    void right?.journal.append({ type: 'right' });
    await left?.journal.close();
    void left?.journal.append({ type: 'after its close' });
    void right?.journal.append({ type: 'still open' });

    expect(recordsOf(await store.open('a'))?.map(({ type }) => type)).toEqual([
      'message',
      'left',
      'right',
      'still open',
    ]);
  });

  test('opened while it is being closed, has all that was appended and goes on', async () => {
    const store = at.openStore();
    const journal = store.create(at.meta('a'));
    void journal.append({ type: 'one' });
    const closed = journal.close();
    const opened = await store.open('a');
    await closed;
    void opened?.journal.append({ type: 'two' });

    expect(recordsOf(opened)).toEqual([{ type: 'one' }]);
    expect(recordsOf(await store.open('a'))?.map(({ type }) => type)).toEqual(['one', 'two']);
  });

  test('opened while the store closes, is not left open', async () => {
    const store = at.openStore();
    await at.makeThread(store, 'a');
    const opening = store.open('a');
    await Promise.all([store.close(), expect(opening).rejects.toThrow('has been closed')]);
    expect(await at.openStore().open('a')).toBeDefined();
  });

  test('takes nothing after close, and closing twice is harmless', async () => {
    const store = at.openStore();
    const journal = store.create(at.meta('a'));
    void journal.append({ type: 'before' });
    await Promise.all([journal.close(), journal.close()]);
    void journal.append({ type: 'after' });
    await journal.flush();

    expect(recordsOf(await store.open('a'))).toEqual([{ type: 'before' }]);
    await store.close();
    await store.close();
    await expect(store.list(byCreation)).rejects.toThrow('The thread store has been closed.');
  });

  test('passes over a record that JSON cannot express, and says so', async () => {
    const store = at.openStore();
    const journal = store.create(at.meta('a'));
    void journal.append({ type: 'bad', big: 1n });
    void journal.append({ type: 'good' });

    expect(recordsOf(await store.open('a'))).toEqual([{ type: 'good' }]);
    expect(at.log.lines).toMatchObject([{ level: 'error' }]);
  });
});

describe('reading a thread', () => {
  test('that is open tells what was appended in the same step, and takes no part in it', async () => {
    const store = at.openStore();
    const journal = store.create(at.meta('a'));
    void journal.append({ type: 'one' });
    const read = await store.read('a');
    await journal.close();

    expect(read).toMatchObject({ meta: at.meta('a'), path: journal.path });
    expect(recordsOf(read)).toEqual([{ type: 'one' }]);
    expect(recordsOf(await store.read('a'))).toEqual([{ type: 'one' }]);
  });

  test('needs no folder that can be written', async () => {
    await at.makeThread(at.openStore(), 'a');
    await at.close();
    rmSync(at.indexFile);
    mkdirSync(at.indexFile);
    writeFileSync(join(at.indexFile, 'x'), '');

    expect(recordsOf(await at.openStore().read('a'))).toHaveLength(1);
  });

  test('that nobody made, or whose store is closed, finds none', async () => {
    const store = at.openStore();

    expect(await store.read('a')).toBeUndefined();
    await store.close();
    await expect(store.read('a')).rejects.toThrow('The thread store has been closed.');
  });
});

describe('after a crash', () => {
  test('a torn last line does not count and is cut when the thread goes on', async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    const whole = readFileSync(path, 'utf8');
    appendFileSync(
      path,
      `{"timestamp":"2026-01-02T03:04:07.000Z","type":"torn","pay${'x'.repeat(70_000)}`,
    );
    const torn = readFileSync(path, 'utf8');
    const store = at.openStore();
    const read = await store.read('a');
    const opened = await store.open('a');

    expect(recordsOf(read)).toEqual([{ type: 'message', text: 'first of a' }]);
    expect(opened).toMatchObject({ ...read });
    expect(readFileSync(path, 'utf8'), 'reading and opening change nothing').toBe(torn);
    void opened?.journal.append({ type: 'next' });
    await opened?.journal.flush();
    expect(readFileSync(path, 'utf8')).toMatch(/"first of a"\}\}\n\{[^\n]*"next"[^\n]*\n$/);
    expect(readFileSync(path, 'utf8').startsWith(whole)).toBe(true);
  });

  test('a line that is none keeps its place and its bytes when the thread goes on', async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    const strange = [
      'garbage',
      '{"type":1}',
      '{ "type": "x", "payload": {"type": "y", "n": 1.0} }',
    ];
    appendFileSync(path, strange.map((line) => `${line}\n`).join(''));
    const store = at.openStore();
    const opened = await store.open('a');
    await opened?.journal.append({ type: 'next' });

    expect(recordsOf(await store.open('a'))).toEqual([
      { type: 'message', text: 'first of a' },
      ...strange.map((line) => ({ type: 'store/verbatim', line })),
      { type: 'next' },
    ]);
    expect(readFileSync(path, 'utf8')).toContain(`\n${strange.join('\n')}\n{`);
    expect(at.logged('warn')[0]).toMatchObject({ fields: { damagedLines: 2 } });
  });

  test('a line that is damaged within keeps its place, and is told once when somebody reads it', async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    const [, , whole = ''] = readFileSync(path, 'utf8').split('\n');
    const broken = whole.replace('"text":', '"text" ');
    const hollow = whole.replace('first', '\0\0\0\0\0');
    appendFileSync(path, `${broken}\n${broken}\n${whole}\n`);
    const store = at.openStore();
    const read = await store.read('a');

    expect(at.logged('warn')).toEqual([]);
    const texts = recordsOf(read)?.map(({ type, line }) => line ?? type);
    expect(texts).toEqual(['message', broken, broken, 'message']);
    expect(recordsOf(read)).toHaveLength(4);
    expect(at.logged('warn')).toMatchObject([{ fields: { path } }]);
    appendFileSync(path, `${hollow}\n`);
    await store.read('a');
    expect(at.logged('warn'), 'what a lost block left shows at sight').toHaveLength(2);
  });

  test('lines that are none go into another file as they were', async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    appendFileSync(path, 'garbage { \n{"type":"x","payload":[1.0]}\n');
    const store = at.openStore();
    const copy = store.create(at.meta('b'));
    for (const record of recordsOf(await store.read('a')) ?? []) void copy.append(record);
    await copy.flush();

    expect(readFileSync(copy.path, 'utf8')).toMatch(
      /"first of a"\}\}\ngarbage \{ \n\{"type":"x","payload":\[1\.0\]\}\n$/u,
    );
    expect(recordsOf(await store.read('b'))).toEqual(recordsOf(await store.read('a')));
  });

  test('between the file and the index, the list still shows what the file says', async () => {
    const path = await at.makeThread(at.openStore(), 'a', 'old words');
    appendFileSync(
      path,
      '{"timestamp":"2026-01-02T04:00:00.000Z","type":"store/name","payload":{"name":"late"}}\n',
    );
    const { rows } = await at.openStore().list(byCreation);

    expect(rows).toEqual<ThreadRow[]>([
      {
        ...at.meta('a'),
        updatedAtMs: Date.UTC(2026, 0, 2, 4),
        preview: 'old words',
        name: 'late',
        path,
        isArchived: false,
      },
    ]);
  });

  test('a file whose first line is torn or strange is no thread and does no harm', async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    await at.makeThread(at.openStore(), 'b');
    truncateSync(path, 30);
    writeFileSync(join(dirname(path), 'rollout-foreign.jsonl'), '{"type":"session_meta"}\n');
    mkdirSync(join(dirname(path), 'rollout-folder.jsonl'));

    expect(await at.listedIds(at.openStore())).toEqual(['b']);
  });
});

describe('a disk that takes nothing', () => {
  test('costs each thread one warning and no turn, and what waited is written when it works again', async () => {
    mkdirSync(at.home);
    writeFileSync(join(at.home, 'sessions'), 'a file where the folder should be');
    const store = at.openStore();
    const [a, b] = [store.create(at.meta('a')), store.create(at.meta('b'))];
    void a.append({ type: 'one' });
    void b.append({ type: 'one' });
    await Promise.all([a.flush(), b.flush()]);
    void a.append({ type: 'two' });
    await a.flush();

    const told = expect.stringMatching(/^This conversation cannot be saved \(E.*\)/);
    expect(at.warnings).toEqual([told, told]);
    expect(at.logged('warn')).toHaveLength(2);
    expect(await at.listedIds(store)).toEqual([]);
    rmSync(join(at.home, 'sessions'));
    void a.append({ type: 'three' });
    expect(recordsOf(await store.open('a'))?.map(({ type }) => type)).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(at.warnings).toEqual([told, told, 'This conversation is saved again.']);
  });

  test('is given up when too much waits, and the process goes on', async () => {
    mkdirSync(at.home);
    writeFileSync(join(at.home, 'sessions'), 'a file where the folder should be');
    const store = at.openStore();
    const journal = store.create(at.meta('a'));
    for (let count = 0; count < 3; count += 1) {
      void journal.append({ type: 'large', text: 'x'.repeat(24 * 1024 * 1024) });
      await journal.flush();
    }
    void journal.append({ type: 'after' });
    await journal.close();

    expect(at.logged('error')).toMatchObject([{ message: 'thread is no longer saved' }]);
  });
});

function writeAnew(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

describe('a file that is taken away under its thread', () => {
  test.for<[string, (path: string) => void]>([
    ['deleted', (path) => rmSync(path)],
    ['deleted with its folder', () => rmSync(join(at.home, 'sessions'), { recursive: true })],
    ['moved away', (path) => renameSync(path, join(at.home, 'elsewhere'))],
    ['saved anew by an editor', (path) => writeAnew(path, readFileSync(path, 'utf8'))],
    ['saved anew with a torn end', (path) => writeAnew(path, `${readFileSync(path, 'utf8')}{"ty`)],
  ])('%s, has all that was and all that comes', async ([, harm]) => {
    const journal = at.openStore().create(at.meta('a'));
    await journal.append({ type: 'one' });
    harm(journal.path);
    await journal.append({ type: 'two' });
    harm(journal.path);
    await journal.append({ type: 'three' });

    const read = await at.openStore().read('a');
    expect(recordsOf(read)?.map(({ type }) => type)).toEqual(['one', 'two', 'three']);
    expect(statSync(journal.path).mode & 0o777).toBe(0o600);
    await journal.close();
  });

  test.for<[string, number, string[]]>([
    ['to nothing', 0, ['two', 'three']],
    ['within its first line', 30, ['two', 'three']],
    ['within its last line', -9, ['zero', 'two', 'three']],
  ])(
    'made shorter in place, %s, is told of once, and all that comes is kept',
    async ([, bytes, kept]) => {
      const journal = at.openStore().create({ ...at.meta('a') });
      journal.setName('Mine');
      await journal.append({ type: 'zero' });
      await journal.append({ type: 'one' });
      truncateSync(journal.path, bytes < 0 ? statSync(journal.path).size + bytes : bytes);
      await journal.append({ type: 'two' });
      await journal.append({ type: 'three' });

      const read = await at.openStore().read('a');
      expect(recordsOf(read)?.map(({ type }) => type)).toEqual(kept);
      expect(read).toMatchObject({ meta: at.meta('a'), name: 'Mine' });
      expect(at.warnings).toEqual([expect.stringMatching(/^Somebody has taken away a part/u)]);
      await journal.close();
    },
  );
});

/** More than are kept open, each with a record. */
async function manyThreads(): Promise<readonly Journal[]> {
  const store = at.openStore();
  const journals = Array.from({ length: 300 }, (_, index) => store.create(at.meta(`t${index}`)));
  for (const journal of journals) await journal.append({ type: 'one' });
  return journals;
}

describe('more threads than a process may open files', () => {
  test.runIf(process.platform === 'linux')('keep no more than 256 open', async () => {
    const before = readdirSync('/proc/self/fd').length;
    await manyThreads();

    expect(readdirSync('/proc/self/fd').length - before).toBeLessThan(280);
  });

  test('go on when they are written to again, also where their file has changed or gone', async () => {
    const [first, second, third] = await manyThreads();
    if (first === undefined || second === undefined || third === undefined) return;
    rmSync(second.path);
    // Another program has said something, and nothing of it is lost.
    appendFileSync(third.path, '{"type":"of another"}\n{"torn');
    for (const journal of [first, second, third]) await journal.append({ type: 'two' });

    const types = async (id: string): Promise<unknown> =>
      recordsOf(await at.openStore().read(id))?.map(({ type }) => type);
    expect(await types('t0')).toEqual(['one', 'two']);
    expect(await types('t1')).toEqual(['two']);
    expect(readFileSync(third.path, 'utf8')).toMatch(/"of another"\}\n.*"two".*\n$/u);
    expect(at.warnings).toEqual([expect.stringMatching(/^Somebody has taken away a part/u)]);
  });
});
