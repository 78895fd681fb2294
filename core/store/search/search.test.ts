import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { OtherProcess, StoreFolder } from '../testing/index.ts';
import type { ThreadSearchQuery, ThreadStore } from '../types.ts';

let at: StoreFolder;

beforeEach(() => {
  at = new StoreFolder();
});

afterEach(async () => {
  await at[Symbol.asyncDispose]();
});

const byCreation = { limit: 50, sortKey: 'created_at', sortDirection: 'asc' } as const;

const wordsFile = (): string => join(at.home, 'thread-words.sqlite');

type Said = readonly [who: 'user' | 'assistant' | 'spoken', text: string];

const recordOf = ([who, text]: Said, n: number) => {
  const id = `item${n}`;
  if (who === 'spoken') {
    const item = { type: 'transcriptSegment', id, role: 'user', text, realtimeSessionId: 's' };
    return { type: 'realtime', item };
  }
  const item =
    who === 'user'
      ? { type: 'userMessage', id, clientId: null, content: [{ type: 'text', text }] }
      : { type: 'agentMessage', id, text };
  return { type: 'item', turnId: 't', item };
};

/** A thread with that said in it; its file. */
async function talk(store: ThreadStore, id: string, ...said: readonly Said[]): Promise<string> {
  at.clock.advance(1000);
  const journal = store.create(at.meta(id));
  for (const [n, one] of said.entries()) void journal.append(recordOf(one, n));
  await journal.close();
  return journal.path;
}

async function found(
  store: ThreadStore,
  term: string,
  query: Partial<ThreadSearchQuery> = {},
): Promise<Record<string, string>> {
  const page = await store.search({ ...byCreation, ...query, term });
  return Object.fromEntries(page.found.map(({ row, snippet }) => [row.id, snippet]));
}

describe('a search', () => {
  test('finds what was typed, spoken, answered and named, wherever it stands and in any case', async () => {
    const store = at.openStore();
    await talk(store, 'typed', ['user', 'Why is the sky blue?']);
    await talk(store, 'answered', ['user', 'Hello'], ['assistant', 'Rayleigh SCATTERING, mostly']);
    await talk(store, 'spoken', ['spoken', 'skyscraper, Straße, 日本語の検索']);
    (await store.open('answered'))?.journal.setName('Colours of the sky');

    expect(await found(store, 'SKY')).toEqual({
      typed: 'Why is the sky blue?',
      answered: 'Colours of the sky',
      spoken: 'skyscraper, Straße, 日本語の検索',
    });
    expect(Object.keys(await found(store, 'scatter'))).toEqual(['answered']);
    // Of fewer characters than the index knows of.
    expect(Object.keys(await found(store, '検索'))).toEqual(['spoken']);
    expect(Object.keys(await found(store, 'ß'))).toEqual(['spoken']);
    expect(Object.keys(await found(store, 'the sky'))).toEqual(['typed', 'answered']);
    expect(await found(store, 'sky the')).toEqual({});
    // Longer than anybody looks up, and looked for as a whole all the same.
    const long = 'word '.repeat(2000);
    await talk(store, 'long', ['user', `${long}end`]);
    await talk(store, 'longer', ['user', `${long}and`]);
    expect(Object.keys(await found(store, `${long}end`))).toEqual(['long']);
  });

  test('takes signs of patterns and of queries as they stand', async () => {
    const store = at.openStore();
    const terms = [
      '%',
      '_',
      '"',
      "' OR 1=1 --",
      'a" OR "b',
      '*',
      'NEAR(a b)',
      '\0',
      '-x',
      '\ud800',
    ];
    await talk(store, 'none', ['user', 'before or behind, a near b']);
    for (const [n, term] of terms.entries()) {
      await talk(store, `t${n}`, ['user', `before ${term} behind`]);
    }

    for (const term of terms) {
      // Half a character is kept as the sign for what cannot be told, as is a zero.
      const odd = new Set(['\0', '\ud800']);
      const having = Array.from(terms.keys()).filter((n) =>
        odd.has(term) ? odd.has(terms[n] ?? '') : terms[n]?.includes(term),
      );
      expect(Object.keys(await found(store, term))).toEqual(having.map((n) => `t${n}`));
    }
  });

  test('knows what came since, in its place what was said anew, and the last name alone', async () => {
    const store = at.openStore();
    await talk(store, 'a', ['spoken', 'first understanding']);
    expect(Object.keys(await found(store, 'first'))).toEqual(['a']);
    const journal = (await store.open('a'))?.journal;
    void journal?.append(recordOf(['spoken', 'second understanding'], 0));
    journal?.setName('old name');
    journal?.setName('new name');

    expect(await found(store, 'first')).toEqual({});
    expect(await found(store, 'understanding')).toEqual({ a: 'second understanding' });
    expect(await found(store, 'old name')).toEqual({});
    expect(await found(store, 'new name')).toEqual({ a: 'new name' });
    journal?.setName(null);
    expect(await found(store, 'new name')).toEqual({});
  });

  test('goes by the list: what is put away apart, pages both ways, filters', async () => {
    const store = at.openStore();
    for (const id of ['a', 'b', 'c', 'd']) await talk(store, id, ['user', 'needle']);
    await store.archive('b');

    expect(Object.keys(await found(store, 'needle'))).toEqual(['a', 'c', 'd']);
    expect(Object.keys(await found(store, 'needle', { isArchived: true }))).toEqual(['b']);
    expect(await found(store, 'needle', { modelProviders: ['other'] })).toEqual({});
    for (const term of ['needle', 'ne']) {
      const first = await store.search({ ...byCreation, limit: 2, term });
      const cursor = first.nextCursor ?? '';
      const second = await store.search({ ...byCreation, limit: 2, term, cursor });
      expect([first, second].map((page) => page.found.map(({ row }) => row.id))).toEqual([
        ['a', 'c'],
        ['d'],
      ]);
      expect(second.nextCursor).toBeNull();
      const back = second.backwardsCursor ?? '';
      expect(
        Object.keys(await found(store, term, { sortDirection: 'desc', cursor: back })),
      ).toEqual(['c', 'a']);
    }
    await expect(store.search({ ...byCreation, term: 'needle', cursor: 'x' })).rejects.toThrow(
      'invalid cursor: x',
    );
  });

  test('forgets the words of a thread that was deleted', async () => {
    const store = at.openStore();
    await talk(store, 'a', ['user', 'something private']);
    await talk(store, 'b', ['user', 'something else']);
    expect(Object.keys(await found(store, 'something'))).toEqual(['a', 'b']);
    await store.delete('a');

    expect(Object.keys(await found(store, 'something'))).toEqual(['b']);
    await at.close();
    expect(readFileSync(wordsFile()).includes('private')).toBe(false);
  });

  test('says what it finds while it reads files for the first time, and each once', async () => {
    const store = at.openStore();
    for (let n = 0; n < 12; n += 1) await talk(store, `t${n}`, ['user', `needle ${n}`]);
    // Too much for one step.
    const much = `needle 1 ${'in a haystack '.repeat(60_000)}`;
    await talk(store, 'much', ['user', much], ['assistant', much], ['user', much]);
    const early: string[] = [];
    const onFound = (threads: readonly { row: { id: string } }[]): void => {
      early.push(...threads.map(({ row }) => row.id));
    };
    await store.search({ ...byCreation, term: 'needle 1' }, { onFound });

    expect(early.toSorted()).toEqual(['much', 't1', 't10', 't11']);
    const seen = early.length;
    await store.search({ ...byCreation, term: 'needle' }, { onFound });
    expect(early).toHaveLength(seen);
  });

  test('that is given up ends at once, before it began as well, and the next one is served', async () => {
    const store = at.openStore();
    await talk(store, 'a', ['user', 'needle']);
    const stop = new AbortController();
    const query = { ...byCreation, term: 'needle' };
    const given = [
      store.search(query, { signal: stop.signal }),
      store.search(query, { signal: AbortSignal.abort() }),
    ];
    const kept = store.search(query);
    stop.abort();

    for (const search of given) await expect(search).rejects.toThrow('thread search cancelled');
    expect((await kept).found).toHaveLength(1);
    // And so is one that runs when the store is closed.
    const [last] = await Promise.allSettled([store.search(query), store.close()]);
    expect(last).toMatchObject({
      status: 'rejected',
      reason: { code: expect.stringMatching(/searchCancelled|threadStoreClosed/u) as unknown },
    });
  });
});

describe('the index of words', () => {
  test('is made anew from the files when it is gone, garbage, a folder, or has lost or changed its middle', async () => {
    const first = at.openStore();
    for (let n = 0; n < 9; n += 1) await talk(first, `t${n}`, ['user', `needle ${n}`]);
    await found(first, 'needle');
    await first.close();
    const whole = readFileSync(wordsFile());
    const damages: Readonly<Record<string, () => void>> = {
      gone: () => rmSync(wordsFile()),
      garbage: () => writeFileSync(wordsFile(), 'not a database, nor anything'.repeat(999)),
      folder: () => (rmSync(wordsFile()), mkdirSync(wordsFile())),
      torn: () => truncateSync(wordsFile(), statSync(wordsFile()).size / 2),
      changed: () => writeFileSync(wordsFile(), readFileSync(wordsFile()).fill(0x55, 4096)),
    };
    for (const [damage, inflict] of Object.entries(damages)) {
      for (const end of ['-wal', '-shm']) rmSync(wordsFile() + end, { force: true });
      inflict();
      const next = at.openStore();
      expect({ damage, found: await found(next, 'needle 3') }).toEqual({
        damage,
        found: { t3: 'needle 3' },
      });
      await next.close();
      rmSync(wordsFile(), { recursive: true, force: true });
      writeFileSync(wordsFile(), whole);
    }
  });

  test('is in memory where the home can only be read', async () => {
    const store = at.openStore();
    await talk(store, 'a', ['user', 'needle']);
    await store.close();
    for (const file of ['threads.sqlite', 'thread-words.sqlite']) {
      for (const end of ['', '-wal', '-shm']) rmSync(join(at.home, file + end), { force: true });
      // Whoever runs the tests may be root, whom no mode keeps out.
      mkdirSync(join(at.home, file, 'in the way'), { recursive: true });
    }
    const next = at.openStore();

    expect(await found(next, 'needle')).toEqual({ a: 'needle' });
    await talk(next, 'b', ['user', 'another needle']);
    expect(Object.keys(await found(next, 'needle'))).toEqual(['a', 'b']);
  });

  test('takes a file that was edited by hand, or torn, as it stands now', async () => {
    const store = at.openStore();
    const path = await talk(store, 'a', ['user', 'first needle'], ['user', 'second']);
    expect(await found(store, 'needle')).toEqual({ a: 'first needle' });
    await at.close();
    const edited = readFileSync(path, 'utf8').replace('first needle', 'a much longer haystack');
    writeFileSync(path, `${edited}{"timestamp":"2026-01-02T03:04:06.000Z","type":"item","pay`);
    const next = at.openStore();

    expect(await found(next, 'needle')).toEqual({});
    expect(await found(next, 'haystack')).toEqual({ a: 'a much longer haystack' });
    expect(await found(next, 'second')).toEqual({ a: 'second' });
    expect(at.logged('warn')).toEqual([]);
  });

  test('passes over lines that are odd, and files that are none', async () => {
    const head = '{"timestamp":"2026-01-02T03:04:06.000Z","type":';
    const path = await talk(at.openStore(), 'a', ['user', 'needle one']);
    await at.close();
    appendFileSync(
      path,
      [
        `${head}"item","payload":7}`,
        `${head}"item","payload":{"item":null}}`,
        `${head}"item","payload":{"item":{"type":"userMessage","content":[null,7,{"type":"text","text":7}]}}}`,
        `${head}"item","payload":{"item":{"type":"agentMessage","text":["needle"]}}}`,
        `${head}"realtime","payload":{"item":{"type":"transcriptSegment","id":7,"text":"needle two"}}}`,
        `${head}"turnQueued","payload":{"items":"needle"}}`,
        `${head}"store/name","payload":{"name":7}}`,
        `${head}"item","payload":${'['.repeat(9999)}`,
        'needle',
        '',
      ].join('\n'),
    );
    const store = at.openStore();

    expect(await found(store, 'needle two')).toEqual({ a: 'needle two' });
    expect(await found(store, 'needle one')).toEqual({ a: 'needle one' });
  });

  test('of a file that is being moved is read where it lies then', async () => {
    const store = at.openStore();
    const path = await talk(store, 'a', ['user', 'needle']);
    await found(store, 'something');
    const journal = (await store.open('a'))?.journal;
    void journal?.append(recordOf(['user', 'a later needle'], 1));
    await journal?.close();
    renameSync(path, `${path}.away`);
    expect(await found(store, 'later')).toEqual({});
    renameSync(`${path}.away`, path);

    expect(await found(store, 'later')).toEqual({ a: 'a later needle' });
  });

  test('is one for two processes, of which either may be killed at any time', async () => {
    const store = at.openStore();
    await using other = new OtherProcess(at.home);
    for (let n = 0; n < 40; n += 1) {
      await talk(store, `mine${n}`, ['user', `needle ${'in a haystack '.repeat(999)}`]);
    }
    const mine = store.search({ ...byCreation, term: 'needle' });
    // It is at it, or has not begun, when it ends.
    void other.ask('search needle').catch(() => undefined);
    await other.kill();
    await using third = new OtherProcess(at.home);

    expect((await mine).found).toHaveLength(40);
    expect(await third.ask('search needle')).toBe('found 40');
    await third.ask('create theirs');
    await third.ask('say theirs needle');
    expect(await third.ask('search needle')).toBe('found 41');
    expect(Object.keys(await found(store, 'needle', { sortDirection: 'desc' }))).toContain(
      'theirs',
    );
  });

  test('is brought up to date while nothing goes on, and made by nobody who never searched', async () => {
    const store = at.openStore();
    await talk(store, 'a', ['user', 'needle']);
    at.clock.advance(120_000);
    expect(() => statSync(wordsFile())).toThrow('ENOENT');
    await found(store, 'needle');
    expect(statSync(wordsFile()).mode & 0o777, 'private').toBe(0o600);
    await talk(store, 'b', ['user', 'another needle']);
    at.clock.advance(60_000);
    // It stands in the queue behind what was begun by then.
    const early: unknown[] = [];
    await store.search({ ...byCreation, term: 'needle' }, { onFound: (some) => early.push(some) });

    expect(early).toEqual([]);
  });
});
