import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { nodeTalkFiles } from './index.ts';

const folder = (): ReturnType<typeof mkdtempDisposable> =>
  mkdtempDisposable(join(tmpdir(), 'talk-files-'));

test('an output that can be written passes and leaves no trace', async () => {
  await using place = await folder();
  const path = join(place.path, 'out.wav');

  await nodeTalkFiles.checkOutput(path);

  await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an output that exists keeps what is in it', async () => {
  await using place = await folder();
  const path = join(place.path, 'out.wav');
  await writeFile(path, 'before');

  await nodeTalkFiles.checkOutput(path);

  expect(await readFile(path, 'utf8')).toBe('before');
});

test('a missing folder and a folder in place of a file are told apart', async () => {
  await using place = await folder();

  await expect(nodeTalkFiles.checkOutput(join(place.path, 'no', 'out.wav'))).rejects.toMatchObject({
    code: 'ENOENT',
  });
  await expect(nodeTalkFiles.checkOutput(place.path)).rejects.toMatchObject({ code: 'EISDIR' });
});

test('bytes land where they belong, and an older file is emptied first', async () => {
  await using place = await folder();
  const path = join(place.path, 'out.wav');
  await writeFile(path, 'something longer');

  const sink = await nodeTalkFiles.openOutput(path);
  await sink.writeAt(Buffer.from('world'), 6);
  await sink.writeAt(Buffer.from('hello '), 0);
  await sink.close();

  expect(await readFile(path, 'utf8')).toBe('hello world');
});
