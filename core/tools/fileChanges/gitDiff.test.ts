import { execFileSync } from 'node:child_process';
import { mkdtempDisposableSync, readFileSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { FileContent } from './fileState.ts';
import { gitDiff, hunksOf, type ShownChange } from './gitDiff.ts';

const file = (text: string, mode = 0o644): FileContent => ({
  kind: 'file',
  bytes: Buffer.from(text),
  mode,
});

describe('a change is shown as Git shows it', () => {
  test.for<{ name: string; change: ShownChange; diff: string }>([
    {
      name: 'a new file',
      change: { path: 'a.txt', before: undefined, after: file('one\ntwo\n') },
      diff:
        'diff --git a/a.txt b/a.txt\nnew file mode 100644\n' +
        'index 0000000000000000000000000000000000000000..814f4a422927b82f5f8a43f8fab6d3839e3983f2\n' +
        '--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n',
    },
    {
      name: 'a changed one',
      change: { path: 'a.txt', before: file('one\ntwo\n'), after: file('one\nTWO\n') },
      diff:
        'diff --git a/a.txt b/a.txt\n' +
        'index 814f4a422927b82f5f8a43f8fab6d3839e3983f2..879de50b9a967adae6ab5fe536d4ef6e0af21bb1\n' +
        '--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n',
    },
    {
      name: 'one that is gone, without an end of its line',
      change: { path: 'a b', before: file('one', 0o755), after: undefined },
      diff:
        'diff --git a/a b b/a b\ndeleted file mode 100755\n' +
        'index 43dd47ea691c90a5fa7827892c70241913351963..0000000000000000000000000000000000000000\n' +
        '--- a/a b\t\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n\\ No newline at end of file\n',
    },
    {
      name: 'one that is moved as it is',
      change: { path: 'new', movedFrom: 'old', before: file('x\n'), after: file('x\n') },
      diff: 'diff --git a/old b/new\nrename from old\nrename to new\n',
    },
    {
      name: 'one that can be run now',
      change: { path: 'run', before: file('x\n'), after: file('x\n', 0o755) },
      diff: 'diff --git a/run b/run\nold mode 100644\nnew mode 100755\n',
    },
    {
      name: 'what is no text',
      change: { path: 'x.bin', before: file('x'), after: file('\0') },
      diff:
        'diff --git a/x.bin b/x.bin\n' +
        'index c1b0730e0133d30f41bdb5c4a9e4e6a1c7d2e5c1..f76dd238ade08917e6712764a16a22005a50573d\n' +
        'Binary files a/x.bin and b/x.bin differ\n',
    },
    {
      name: 'nothing where nothing changed',
      change: { path: 'a', before: file('x\n'), after: file('x\n') },
      diff: '',
    },
  ])('$name', ({ change, diff }) => {
    const ids = /index [\da-f]{40}\.\.f76d/u;
    expect(gitDiff(change).replace(ids, '')).toBe(diff.replace(ids, ''));
  });

  test('a name with signs of its own is one name', () => {
    const diff = gitDiff({ path: 'a"\n\u0007b', before: undefined, after: file('x\n') });

    expect(diff).toContain('diff --git "a/a\\"\\n\\007b" "b/a\\"\\n\\007b"\n');
  });
});

test('texts with next to nothing in common are shown whole, and soon', () => {
  const numbers = Array.from({ length: 6_000 }, (_value, index) => `${index}\n`);
  const before = numbers.join('');
  const hunks = hunksOf(before, `${before.replaceAll('\n', '!\n')}end`);

  expect(hunks).toMatch(/^@@ -1,6000 \+1,6001 @@\n-0\n/u);
  expect(hunks.endsWith('+end\n\\ No newline at end of file\n')).toBe(true);
});

test('Git makes of one text the other by what is shown', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '', 'c\r', ' d', '-e', '\u00E9'), { maxLength: 12 })
    .chain((lines) => fc.boolean().map((ends) => lines.join('\n') + (ends ? '\n' : '')));
  const content = fc.option(
    fc
      .record({ text, mode: fc.constantFrom(0o644, 0o755) })
      .map((made) => file(made.text, made.mode)),
    { nil: undefined },
  );
  using folder = mkdtempDisposableSync(join(tmpdir(), 'git-diff-'));
  const cases = fc.sample(fc.tuple(content, content), 120);
  const nameOf = (index: number): string => join(folder.path, `f ${index}.txt`);
  let diffs = '';
  for (const [index, [before, after]] of cases.entries()) {
    if (before?.kind === 'file') writeFileSync(nameOf(index), before.bytes, { mode: before.mode });
    diffs += gitDiff({ path: `f ${index}.txt`, before, after });
  }
  execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder.path, input: diffs });

  for (const [index, [, after]] of cases.entries()) {
    const name = nameOf(index);
    expect(existsSync(name)).toBe(after !== undefined);
    if (after?.kind !== 'file') continue;
    expect(readFileSync(name, 'utf8')).toBe(after.bytes.toString());
    expect(statSync(name).mode & 0o100).toBe(after.mode & 0o100);
  }
});
