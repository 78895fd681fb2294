import { expect, test } from 'vitest';

import { findMissingFiles, namedFiles } from './namedFiles.ts';
import { makeTree } from './testing/tree.ts';
import { ROOT } from './tool.ts';

test('every file that a document of this repository names is there', () => {
  expect(findMissingFiles(ROOT)).toEqual([]);
});

test('a file that is gone is reported with the document that names it', () => {
  using tree = makeTree({
    'core/a.test.ts': '',
    'core/COMPATIBILITY.md': '| what | `core/a.test.ts` |\n| more | `core/b.test.ts` |',
    'CHANGELOG.md': 'Moved `core/old.ts`.',
  });

  expect(findMissingFiles(tree.root)).toEqual([
    'core/COMPATIBILITY.md names core/b.test.ts, which is not there',
  ]);
});

test('a test named without its folder cannot be found, so it counts as not there', () => {
  using tree = makeTree({ 'core/a.test.ts': '', 'README.md': 'shown by `a.test.ts`' });

  expect(findMissingFiles(tree.root)).toHaveLength(1);
});

test.for<[what: string, text: string]>([
  ['a pattern', 'files named `*Worker.ts` or `e2e/*.spec.ts`'],
  ['a name without a folder', 'its `index.ts`'],
  ['words', 'core/a.ts without marks, `core/tests`'],
])('%s is not taken for a file', ([, text]) => {
  expect(namedFiles(text)).toEqual([]);
});
