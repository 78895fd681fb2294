import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { errorText } from '../../../core/base/index.ts';
import { makeFolders } from '../../../core/platform/index.ts';
import { PRACTICE_MISTAKE } from '../../../core/practice/index.ts';
import { CommandError, workingFolder } from '../../engine/index.ts';
import type { ProgramContext } from '../context.ts';

const FILES: Readonly<Record<string, string>> = {
  'package.json': `{
  "name": "basket",
  "private": true,
  "type": "module",
  "scripts": { "test": "node --test" }
}
`,
  'README.md': `# Basket

A small repository to practise on: it adds up what is in a basket, and one of its tests fails.

    npm test

Ask Parley, in this folder: "what is in this folder", "run the tests", "fix the failing test", "undo that".
`,
  [PRACTICE_MISTAKE.file]: `/** What everything in the basket costs, in cents. */
export function total(items) {
${PRACTICE_MISTAKE.wrong}
}

/** How many things there are. */
export function size(items) {
  return items.reduce((sum, { count }) => sum + count, 0);
}
`,
  'test/basket.test.mjs': `import assert from 'node:assert/strict';
import test from 'node:test';

import { size, total } from '../src/basket.mjs';

const basket = [
  { name: 'apple', price: 30, count: 4 },
  { name: 'bread', price: 250, count: 1 },
];

test('knows how many things there are', () => {
  assert.equal(size(basket), 5);
});

test('adds up what everything costs', () => {
  assert.equal(total(basket), 370);
});
`,
};

/** `parley practice-repo`: a small repository with one failing test, into a folder that is empty or not there yet. */
export async function runPracticeRepo(folder: string, { io }: ProgramContext): Promise<number> {
  const target = resolve(workingFolder(), folder);
  const known = await readdir(target).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new CommandError(`${target} cannot be used: ${errorText(error)}.`, 1, { cause: error });
  });
  if (known.length > 0) {
    throw new CommandError(`${target} is not empty; name a folder that is, or a new one.`, 2);
  }
  try {
    for (const [path, text] of Object.entries(FILES)) {
      await makeFolders(dirname(join(target, path)));
      await writeFile(join(target, path), text, { flag: 'wx' });
    }
  } catch (error) {
    throw new CommandError(`Nothing can be written to ${target}: ${errorText(error)}.`, 1, {
      cause: error,
    });
  }
  io.stdout.write(`${target}\n`);
  io.stderr.write('One of its tests fails. There, ask Parley: "fix the failing test".\n');
  return 0;
}
