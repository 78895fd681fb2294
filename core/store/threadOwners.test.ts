import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { OtherProcess, recordsOf, StoreFolder } from './testing/index.ts';

let at: StoreFolder;
let other: OtherProcess;

beforeEach(() => {
  at = new StoreFolder();
  other = new OtherProcess(at.home);
});

afterEach(async () => {
  await other[Symbol.asyncDispose]();
  await at[Symbol.asyncDispose]();
});

const owners = (): string => join(at.home, 'thread-owners');
const refusal = (): string =>
  `thread a is open in another process (pid ${other.pid}): go on with it there, or end that process and try again`;

describe('a thread that another process has open', () => {
  test('is refused in one sentence, and its file stays as it is, torn end and all', async () => {
    const path = await at.makeThread(at.openStore(), 'a');
    expect(await other.ask('open a')).toBe('opened 1');
    appendFileSync(path, '{"torn');
    const before = readFileSync(path, 'utf8');

    await expect(at.openStore().open('a')).rejects.toThrow(refusal());
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('is refused also where that process has made it', async () => {
    await other.ask('create a');
    await other.ask('append a one');

    await expect(at.openStore().open('a')).rejects.toMatchObject({ code: 'threadOwned' });
  });

  test('can be read while it is written', async () => {
    await other.ask('create a');
    const store = at.openStore();
    for (const [count, word] of ['one', 'two', 'three'].entries()) {
      await other.ask(`append a ${word}`);
      expect(recordsOf(await store.read('a'))).toHaveLength(count + 1);
    }
    expect(recordsOf(await store.read('a'))?.at(-1)).toEqual({ type: 'word', word: 'three' });
  });

  test('is free when that process has closed it', async () => {
    await other.ask('create a');
    await other.ask('append a one');
    await other.ask('close');

    expect(recordsOf(await at.openStore().open('a'))).toHaveLength(1);
  });

  test('is free when that process was killed, and what it had made durable is there', async () => {
    await other.ask('create a');
    await other.ask('append a one');
    const store = at.openStore();
    await expect(store.open('a')).rejects.toThrow(refusal());
    await other.kill();
    const opened = await store.open('a');
    await opened?.journal.append({ type: 'word', word: 'two' });

    expect(recordsOf(await store.read('a'))).toEqual([
      { type: 'word', word: 'one' },
      { type: 'word', word: 'two' },
    ]);
  });
});

describe('an owner', () => {
  test('keeps the other process out until the last journal is closed', async () => {
    await at.makeThread(at.openStore(), 'a');
    const store = at.openStore();
    const [first, second] = await Promise.all([store.open('a'), store.open('a')]);
    await first?.journal.close();
    expect(await other.ask('open a')).toMatch(/^thread a is open in another process/u);
    expect(await other.ask('read a')).toBe('read 1');
    await Promise.all([second?.journal.close(), second?.journal.close()]);

    expect(await other.ask('open a')).toBe('opened 1');
  });

  test('uses a thread from its first record on, and not by opening or naming it', async () => {
    await at.makeThread(at.openStore(), 'a');
    const store = at.openStore();
    const answers = [store.isInUse('a')];
    for (const said of ['open a', 'name a b', 'append a one', 'release a', 'open a']) {
      await other.ask(said);
      answers.push(store.isInUse('a'));
    }

    expect(answers).toEqual([false, false, false, true, false, false]);
  });

  test('closes whatever has become of what told that it lives', async () => {
    const store = at.openStore();
    const journal = store.create(at.meta('a'));
    await journal.append({ type: 'word', word: 'one' });
    const alive = readdirSync(owners()).find((name) => name.endsWith('.alive')) ?? '';
    rmSync(join(owners(), alive));
    mkdirSync(join(owners(), alive, 'in the way'), { recursive: true });

    await store.close();
    expect(at.log.lines).toMatchObject([
      { message: expect.stringContaining('still there') as string },
    ]);
  });

  test('uses a thread of its own making, until it dies', async () => {
    await other.ask('create a');
    await other.ask('append a one');
    const store = at.openStore();
    expect(store.isInUse('a')).toBe(true);
    await other.kill();

    expect(store.isInUse('a')).toBe(false);
  });

  test('is one alone when many ask at once', async () => {
    await at.makeThread(at.openStore(), 'a');
    await using third = new OtherProcess(at.home);
    const askers = [other, third];
    for (let round = 0; round < 50; round += 1) {
      const answers = await Promise.all(askers.map((asker) => asker.ask('open a')));
      expect(answers.filter((answer) => answer === 'opened 1')).toHaveLength(1);
      await askers[answers.indexOf('opened 1')]?.ask('release a');
    }
  });

  test('is told from one of the same process id that is dead', async () => {
    await at.makeThread(at.openStore(), 'a');
    const dead = `${process.pid}-00000000-0000-4000-8000-000000000000`;
    writeFileSync(join(owners(), `a.${dead}`), '');
    writeFileSync(join(owners(), `${dead}.alive`), '');

    expect(await at.openStore().open('a')).toBeDefined();
  });

  test('begins to live with the first thread that is made, before anything is said in it', async () => {
    const store = at.openStore();
    store.create(at.meta('a'));
    await vi.waitFor(() => {
      expect(readdirSync(owners())).toEqual([
        expect.stringMatching(`^${process.pid}-.*\\.alive$`),
        'gate',
      ]);
    });
    await store.close();

    expect(readdirSync(owners())).toEqual(['gate']);
  });

  test('does not begin to live where the store was closed meanwhile', async () => {
    const store = at.openStore();
    store.create(at.meta('a'));
    await store.close();
    await other.ask('create b');
    await other.ask('append b one');

    expect(readdirSync(owners())).not.toContainEqual(expect.stringContaining(`${process.pid}-`));
  });

  test('leaves nothing behind but the gate, and the dead are cleared away', async () => {
    await other.ask('create a');
    await other.ask('append a one');
    await other.kill();
    expect(readdirSync(owners())).toHaveLength(3);
    const store = at.openStore();
    await at.makeThread(store, 'b');
    await store.close();
    await store.close();

    expect(readdirSync(owners())).toEqual(['gate']);
  });

  test('is none where the folder cannot be: the thread opens, and saving is what is refused', async () => {
    await at.makeThread(at.openStore(), 'a');
    await at.close();
    rmSync(owners(), { recursive: true });
    writeFileSync(owners(), 'a file where the folder should be');
    const opened = await at.openStore().open('a');
    await opened?.journal.append({ type: 'message' });

    expect(recordsOf(opened)).toHaveLength(1);
    expect(at.warnings).toHaveLength(1);
    rmSync(owners());
    await opened?.journal.append({ type: 'message' });
    expect(recordsOf(await at.openStore().read('a'))).toHaveLength(3);
  });
});
