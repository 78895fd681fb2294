import { mkdtempDisposableSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { commitEdits, type FileEdit } from './commitEdits.ts';
import { digestOf, readState } from './fileState.ts';
import { type ChangedFile, TurnFileChanges } from './turnFileChanges.ts';

let folder: ReturnType<typeof mkdtempDisposableSync>;
let root: string;
let told: string[];
let kept: (readonly ChangedFile[])[];
let changes: TurnFileChanges;
beforeEach(() => {
  folder = mkdtempDisposableSync(join(tmpdir(), 'turn-changes-'));
  root = realpathSync(folder.path);
  told = [];
  kept = [];
  changes = new TurnFileChanges({
    folder: root,
    tellDiff: (diff) => told.push(diff),
    keep: async (files) => void kept.push(files),
  });
});
afterEach(() => {
  folder.remove();
});

const at = (name: string): string => join(root, name);

/** Changes files as a patch does; null takes one away. */
async function patch(files: Readonly<Record<string, string | null>>, moved?: [string, string]) {
  const edits = await Promise.all(
    Object.entries(files).map(async ([name, text]): Promise<FileEdit> => ({
      path: at(name),
      at: at(name),
      before: await readState(at(name)),
      after: text === null ? undefined : { kind: 'file', bytes: Buffer.from(text), mode: 0o644 },
    })),
  );
  await commitEdits(edits);
  await changes.made(edits, new Map(moved && [[at(moved[1]), at(moved[0])]]));
}

/** An ordinary file that holds this. */
const inShort = (text: string): string | undefined =>
  digestOf({ kind: 'file', bytes: Buffer.from(text), mode: 0o644 });

/** Without the ids of what the files hold. */
const plain = (diff = ''): string => diff.replaceAll(/index .*\n/gu, '');

test('the diff is that of the whole turn, told once per change', async () => {
  writeFileSync(at('a'), 'one\n');
  await patch({ a: 'two\n' });
  await patch({ b: 'new\n' });
  await patch({ a: 'three\n' });

  expect(told.map(plain)).toEqual([
    'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+two\n',
    'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+two\n' +
      'diff --git a/b b/b\nnew file mode 100644\n--- /dev/null\n+++ b/b\n@@ -0,0 +1 @@\n+new\n',
    'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+three\n' +
      'diff --git a/b b/b\nnew file mode 100644\n--- /dev/null\n+++ b/b\n@@ -0,0 +1 @@\n+new\n',
  ]);
});

test('what a command makes of the files in between is in it', async () => {
  writeFileSync(at('a'), 'one\n');
  await patch({ a: 'two\n' });
  writeFileSync(at('a'), 'tidied\n');
  await patch({ b: 'x\n' });

  expect(plain(told[1])).toContain('-one\n+tidied\n');
  rmSync(at('b'));
  await changes.look();
  expect(plain(told[2])).toBe('diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+tidied\n');
});

test('looking again tells nothing where nothing has changed', async () => {
  await patch({ a: 'x\n' });
  await Promise.all([changes.look(), changes.look()]);
  writeFileSync(at('a'), readFileSync(at('a')));
  await changes.look();

  expect(told).toHaveLength(1);
  expect(kept).toHaveLength(1);
});

test('a turn that leaves everything as it was ends with no diff at all', async () => {
  writeFileSync(at('a'), 'one\n');
  await patch({ a: 'two\n', b: 'new\n' });
  await patch({ a: 'one\n', b: null });

  expect(told).toEqual([expect.stringContaining('+two'), '']);
});

test('a turn that changes nothing is told of with nothing', async () => {
  writeFileSync(at('a'), 'one\n');
  await patch({ a: 'one\n' });
  await changes.look();

  expect(told).toEqual([]);
  expect(kept).toEqual([]);
});

test('a file that is moved is one file, until another takes its old name', async () => {
  writeFileSync(at('old'), 'one\ntwo\n');
  await patch({ old: null, new: 'one\nTWO\n' }, ['old', 'new']);
  await patch({ old: 'other\n' });

  expect(plain(told[0])).toBe(
    'diff --git a/old b/new\nrename from old\nrename to new\n' +
      '--- a/old\n+++ b/new\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n',
  );
  expect(plain(told[1])).toMatch(
    /^diff --git a\/new b\/new\nnew file.*diff --git a\/old b\/old\n---/su,
  );
});

test('each file is kept as it was before the turn, with what it is each time that changes', async () => {
  writeFileSync(at('a'), 'one\n');
  await patch({ a: 'two\n', b: 'x\n' });
  await patch({ a: 'three\n' });
  const shown = kept.map((files) =>
    files.map(({ path, before, after }) => [
      path.slice(root.length + 1),
      before !== 'tooMuch' && before?.kind === 'file' ? before.bytes.toString() : before,
      after,
    ]),
  );

  expect(shown).toEqual([
    [
      ['a', 'one\n', inShort('two\n')],
      ['b', undefined, inShort('x\n')],
    ],
    [['a', 'one\n', inShort('three\n')]],
  ]);
});
