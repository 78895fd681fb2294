import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const APP = join(import.meta.dirname, '../../../app');
const MODEL_NAME = /['"`](?:[\w.-]+\/)?(?:gpt-|o\d|claude|gemini|qwen|llama|parley-practice)/iu;

test('the page decides nothing by the name of a model', async () => {
  const files = (await readdir(APP, { recursive: true })).filter(
    (file) => /\.tsx?$/u.test(file) && !/testing|\.test\./u.test(file),
  );
  expect(files.length).toBeGreaterThan(50);
  const named: string[] = [];
  for (const file of files) {
    if (MODEL_NAME.test(await readFile(join(APP, file), 'utf8'))) named.push(file);
  }
  expect(named).toEqual([]);
});
