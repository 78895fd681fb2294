import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { commitEdits, type FileEdit, type NewContent } from './commitEdits.ts';
import { readState } from './fileState.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let root: string;
beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'commit-edits-'));
  root = realpathSync(folder.path);
});
afterEach(() => {
  folder.remove();
});

const at = (name: string): string => join(root, name);
const text = (content: string, mode?: number): NewContent => ({
  kind: 'file',
  bytes: Buffer.from(content),
  mode,
});

/** The edit as somebody makes it who has just looked at the file. */
async function edit(name: string, after: NewContent | undefined): Promise<FileEdit> {
  const before = await readState(at(name));
  return { path: name, at: at(name), before, after };
}

/** All files below, with what they hold. */
function tree(): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted();
  return Object.fromEntries(
    names.map((name) => {
      const facts = lstatSync(at(name));
      if (facts.isSymbolicLink()) return [name, `-> ${readlinkSync(at(name))}`];
      return [name, facts.isDirectory() ? '(folder)' : readFileSync(at(name), 'utf8')];
    }),
  );
}

test('what fails in the middle takes back all that was done, and leaves nothing behind', async () => {
  writeFileSync(at('changed'), 'old');
  writeFileSync(at('gone'), 'kept');
  symlinkSync('changed', at('link'));
  const before = tree();
  const edits = [
    await edit('changed', text('new')),
    await edit('gone', undefined),
    await edit('link', undefined),
    await edit('a/b/fresh', text('fresh')),
    // No file can have such a name, which only shows when it is to be given.
    { path: 'long', at: at('x'.repeat(300)), before: undefined, after: text('x') },
  ];

  await expect(commitEdits(edits)).rejects.toMatchObject({
    code: 'commit',
    message: expect.stringContaining('ENAMETOOLONG') as string,
  });
  expect(tree()).toEqual(before);
});

test.for<{ name: string; change: () => void; words: string }>([
  {
    name: 'a file that was written to meanwhile',
    change: () => {
      writeFileSync(at('changed'), 'by somebody else');
    },
    words: 'changed has been changed by something else meanwhile',
  },
  {
    name: 'a file that is gone meanwhile',
    change: () => {
      rmSync(at('changed'));
    },
    words: 'changed has been changed by something else meanwhile',
  },
  {
    name: 'a name that somebody else has taken meanwhile',
    change: () => {
      writeFileSync(at('fresh'), 'by somebody else');
    },
    words: 'fresh has been changed by something else meanwhile',
  },
  {
    name: 'a link put in the place of a file',
    change: () => {
      rmSync(at('changed'));
      symlinkSync('/etc/hostname', at('changed'));
    },
    words: 'changed has been changed by something else meanwhile',
  },
  {
    name: 'a link put in the place of its folder',
    change: () => {
      renameSync(at('sub'), at('elsewhere'));
      symlinkSync('elsewhere', at('sub'));
    },
    words: process.platform === 'linux' ? 'ENOTDIR' : 'leads somewhere else by now',
  },
])('$name stops all of it', async ({ change, words }) => {
  writeFileSync(at('changed'), 'old');
  mkdirSync(at('sub'));
  writeFileSync(at('sub/file'), 'old');
  const edits = [
    await edit('other', text('other')),
    await edit('changed', text('new')),
    await edit('fresh', text('new')),
    await edit('sub/file', text('new')),
  ];
  change();
  const before = tree();

  await expect(commitEdits(edits)).rejects.toThrow(words);
  expect(tree()).toEqual(before);
});

test('files come, change and go, with the folders they need and the bits they had', async () => {
  writeFileSync(at('run.sh'), 'old');
  chmodSync(at('run.sh'), 0o751);
  writeFileSync(at('gone'), 'x');
  await commitEdits([
    await edit('run.sh', text('new', statSync(at('run.sh')).mode & 0o7777)),
    await edit('gone', undefined),
    await edit('a/b/fresh', text('fresh')),
    await edit('a/b/empty', text('')),
    await edit('to', { kind: 'link', target: 'run.sh' }),
  ]);

  expect(tree()).toEqual({
    a: '(folder)',
    'a/b': '(folder)',
    'a/b/empty': '',
    'a/b/fresh': 'fresh',
    'run.sh': 'new',
    to: '-> run.sh',
  });
  expect(statSync(at('run.sh')).mode & 0o777).toBe(0o751);
  expect(statSync(at('a/b/fresh')).mode & 0o777).toBe(0o666 & ~process.umask());
});

test('what has another name elsewhere keeps its content there', async () => {
  mkdirSync(at('outside'));
  writeFileSync(at('outside/secret'), 'old');
  linkSync(at('outside/secret'), at('inside'));
  await commitEdits([await edit('inside', text('new'))]);

  expect(readFileSync(at('outside/secret'), 'utf8')).toBe('old');
  expect(readFileSync(at('inside'), 'utf8')).toBe('new');
});

test('a thousand files change at once', async () => {
  const names = Array.from({ length: 1_000 }, (_value, index) => `d${index % 10}/f${index}`);
  await commitEdits(await Promise.all(names.map(async (name) => edit(name, text(name)))));

  expect(names.every((name) => existsSync(at(name)))).toBe(true);
  expect(readdirSync(at('d0'))).toHaveLength(100);
});
