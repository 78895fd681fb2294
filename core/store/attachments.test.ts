import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { JournalRecord } from './index.ts';
import { recordsOf, StoreFolder } from './testing/index.ts';

let at: StoreFolder;

beforeEach(() => {
  at = new StoreFolder();
});

afterEach(async () => {
  await at[Symbol.asyncDispose]();
});

const pictureOf = (bytes: number): string =>
  `data:image/jpeg;base64,${randomBytes(bytes).toString('base64')}`;
const folder = (): string => join(at.home, 'attachments');

async function kept(records: readonly JournalRecord[]): Promise<string> {
  const store = at.openStore();
  const journal = store.create(at.meta('a'));
  for (const record of records) await journal.append(record);
  await store.close();
  return readFileSync(journal.path, 'utf8');
}

async function readBack(): Promise<readonly JournalRecord[] | undefined> {
  return recordsOf(await at.openStore().read('a'));
}

describe('a picture in a record', () => {
  test('lies beside the journal once, for its user alone, and comes back as it was', async () => {
    const url = pictureOf(7_000_000);
    const records = [
      {
        type: 'item',
        content: [
          { type: 'image', url },
          { type: 'text', text: 'Look' },
        ],
      },
      { type: 'history', image_url: url, other: pictureOf(9000) },
    ];
    const content = await kept(records);

    expect(content.length).toBeLessThan(2000);
    expect(readdirSync(folder())).toHaveLength(2);
    for (const name of readdirSync(folder())) {
      expect(statSync(join(folder(), name)).mode & 0o777).toBe(0o600);
    }
    expect(await readBack()).toEqual(records);
    expect(recordsOf(await at.openStore().open('a'))).toEqual(records);
  });

  test.for([
    ['in words', `see "${pictureOf(9000)}" and "data:`],
    ['at the end of words', `see "${pictureOf(9000)}`],
    ['that is small', pictureOf(20)],
    ['that is no base64', `${pictureOf(9000)}!`],
    ['that is a word only', `data:${'A'.repeat(8000)}`],
    ['with a quote in it', `data:image/svg+xml,${'<g a="1"/>'.repeat(800)}`],
    ['with a backslash at its end', `data:image/png;base64,${'A'.repeat(8000)}\\`],
    ['twice in a row', `${pictureOf(9000)}","${pictureOf(9000)}`],
    ['that is only named', `parley-file:${'0'.repeat(64)};image/png`],
    ['that is only named, as written', `parley-address:${'0'.repeat(64)}`],
  ] as const)('%s comes back letter by letter', async ([, text]) => {
    const records = [{ type: 'item', text, list: [text, text] }];
    await kept(records);

    expect(await readBack()).toEqual(records);
  });

  test.for([
    ['without its padding', `data:image/png;base64,${'A'.repeat(8001)}`],
    ['with spare bits', `data:image/png;base64,${'A'.repeat(8000)}B`],
    ['in lines', `data:image/png;base64,${`${'A'.repeat(76)}\n`.repeat(200)}`],
    ['with parameters', `data:image/png;charset=x;base64,${'A'.repeat(8000)}`],
    ['of the web’s letters', `data:image/png;base64,${'-_'.repeat(4000)}`],
    ['percent-encoded', `data:image/svg+xml,${'%3Cg/%3E'.repeat(900)}ä😀`],
  ] as const)(
    'written %s lies beside the journal, too, and comes back as it was',
    async ([, url]) => {
      const records = [{ type: 'item', url, again: url }];
      const content = await kept(records);

      expect(content.length).toBeLessThan(2000);
      expect(readdirSync(folder())).toHaveLength(1);
      expect(await readBack()).toEqual(records);
    },
  );

  test.for<[string, (path: string) => void]>([
    [
      'gone',
      (path) => {
        rmSync(path);
      },
    ],
    [
      'changed',
      (path) => {
        writeFileSync(path, 'something else');
      },
    ],
  ])('that is %s costs itself only, and is told', async ([, harm]) => {
    await kept([{ type: 'item', url: pictureOf(9000), text: 'Look' }, { type: 'next' }]);
    for (const name of readdirSync(folder())) harm(join(folder(), name));

    expect(await readBack()).toEqual([
      {
        type: 'item',
        url: expect.stringMatching(/^data:image\/png;base64,.{50,200}$/u),
        text: 'Look',
      },
      { type: 'next' },
    ]);
    expect(at.logged('warn')).toMatchObject([{ message: 'a picture of a thread is gone' }]);
  });

  test('waits with its line for a folder that can be written', async () => {
    mkdirSync(at.home, { recursive: true });
    writeFileSync(folder(), 'a file where the folder should be');
    const store = at.openStore();
    const journal = store.create(at.meta('a'));
    const records = [{ type: 'item', url: pictureOf(9000) }, { type: 'next' }];
    await journal.append({ type: 'item', url: records[0]?.url });
    expect(at.warnings).toEqual([expect.stringContaining('cannot be saved')]);

    rmSync(folder());
    await journal.append({ type: 'next' });
    expect(await readBack()).toEqual(records);
  });
});
