import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createMemoryTransportPair } from '../../rpc/index.ts';
import { RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

const INVALID = -32600;
const OF_SYSTEM = -32603;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let bench: TestEngine;
let probe: RpcProbe;
let root: string;
beforeAll(async () => {
  bench = await startTestEngine();
  probe = await bench.client({ experimentalApi: false });
  root = await mkdtemp(join(tmpdir(), 'parley-files-'));
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

async function folder(name: string): Promise<string> {
  const path = join(root, name);
  await mkdir(path);
  return path;
}

test('what is written is read back, and no longer content is left behind it', async () => {
  const path = join(root, 'a.txt');

  await probe.call('fs/writeFile', { path, dataBase64: base64('a longer text') });
  await probe.call('fs/writeFile', { path, dataBase64: base64('hé') });

  expect(await readFile(path, 'utf8')).toBe('hé');
  expect(await probe.call('fs/readFile', { path })).toEqual({ dataBase64: base64('hé') });
});

test.each<[string, Record<string, unknown>, number, string]>([
  ['fs/readFile', { path: 'relative' }, INVALID, 'no absolute path'],
  ['fs/readFile', { path: '' }, INVALID, 'no absolute path'],
  ['fs/readFile', { path: '/no/such' }, OF_SYSTEM, 'no such file or directory'],
  ['fs/readFile', { path: tmpdir() }, INVALID, 'is not a file'],
  ['fs/readFile', { path: '/tmp/\u0000' }, OF_SYSTEM, 'null bytes'],
  ['fs/writeFile', { path: '/no/such', dataBase64: '' }, OF_SYSTEM, 'no such file or directory'],
  ['fs/writeFile', { path: '/no/such', dataBase64: 'abc' }, INVALID, 'not valid base64'],
  ['fs/writeFile', { path: '/no/such', dataBase64: '%%%' }, INVALID, 'not valid base64'],
  ['fs/createDirectory', { path: '/proc/x/y', recursive: false }, OF_SYSTEM, 'no such file'],
  ['fs/createDirectory', { path: '/proc/none/x' }, OF_SYSTEM, 'no such file'],
  ['fs/createDirectory', { path: '/etc/passwd/x' }, OF_SYSTEM, 'not a directory'],
  ['fs/createDirectory', { path: '/etc/passwd' }, OF_SYSTEM, 'already exists'],
  ['fs/getMetadata', { path: '/no/such' }, OF_SYSTEM, 'no such file or directory'],
  ['fs/readDirectory', { path: '/no/such' }, OF_SYSTEM, 'no such file or directory'],
  ['fs/readDirectory', { path: '/etc/passwd' }, OF_SYSTEM, 'not a directory'],
  ['fs/remove', { path: '/no/such', force: false }, OF_SYSTEM, 'no such file or directory'],
  ['fs/remove', { path: '/' }, INVALID, 'the root of the file system'],
  ['fs/remove', { path: '/tmp/..' }, INVALID, 'the root of the file system'],
  ['fs/copy', { sourcePath: 'x', destinationPath: '/tmp/y' }, INVALID, '`sourcePath`'],
  ['fs/copy', { sourcePath: '/tmp/y', destinationPath: 'x' }, INVALID, '`destinationPath`'],
  ['fs/copy', { sourcePath: '/no/such', destinationPath: '/tmp/y' }, OF_SYSTEM, 'no such file'],
  ['fs/copy', { sourcePath: '/tmp', destinationPath: '/tmp/y' }, INVALID, 'recursive: true'],
])('%s of %j is refused in words', async (method, params, code, words) => {
  const { error } = await probe.ask(method, params);

  expect(error?.code).toBe(code);
  expect(error?.message).toContain(words);
});

test('a pipe that nobody writes to and a device that never ends are refused at once', async () => {
  const path = join(root, 'pipe');
  execFileSync('mkfifo', [path]);

  for (const each of [path, '/dev/zero']) {
    expect((await probe.ask('fs/readFile', { path: each })).error?.code).toBe(INVALID);
    const copied = { sourcePath: each, destinationPath: join(root, 'copied') };
    expect((await probe.ask('fs/copy', copied)).error?.message).toContain('is not a file');
  }
  expect((await probe.ask('fs/writeFile', { path, dataBase64: '' })).error).toBeDefined();
});

test('a file larger than a message is refused, and a file of /proc that has no size is read', async () => {
  const path = join(root, 'large');
  await writeFile(path, '');
  await truncate(path, 16 * 1024 * 1024 + 1);

  expect((await probe.ask('fs/readFile', { path })).error).toEqual({
    code: INVALID,
    message: `\`${path}\` is larger than 16 MiB`,
  });
  const { dataBase64 } = await probe.call('fs/readFile', { path: '/proc/self/status' });
  expect(Buffer.from(String(dataBase64), 'base64').toString()).toContain('Pid:');
});

test('a folder is listed by names, links by what they lead to', async () => {
  const path = await folder('listed');
  await writeFile(join(path, 'b.txt'), '');
  await symlink(join(path, 'b.txt'), join(path, 'a-link'));
  await symlink(join(path, 'nowhere'), join(path, 'broken'));
  await mkdir(join(path, 'sub'));

  expect(await probe.call('fs/readDirectory', { path })).toEqual({
    entries: [
      { fileName: 'a-link', isDirectory: false, isFile: true },
      { fileName: 'b.txt', isDirectory: false, isFile: true },
      { fileName: 'broken', isDirectory: false, isFile: false },
      { fileName: 'sub', isDirectory: true, isFile: false },
    ],
  });
  expect(await probe.call('fs/getMetadata', { path: join(path, 'a-link') })).toMatchObject({
    isDirectory: false,
    isFile: true,
    isSymlink: true,
    modifiedAtMs: expect.any(Number) as number,
  });
});

test('folders are copied whole into one another, not into themselves, and removed whole', async () => {
  const path = await folder('whole');
  await probe.call('fs/createDirectory', { path: join(path, 'deep/er') });
  await writeFile(join(path, 'deep/er/file'), 'x');

  const inside = { sourcePath: path, destinationPath: join(path, 'deep/self'), recursive: true };
  expect((await probe.ask('fs/copy', inside)).error?.message).toContain('itself or one of its');
  const beside = { sourcePath: path, destinationPath: `${path}2`, recursive: true };
  await probe.call('fs/copy', beside);
  await probe.call('fs/copy', beside);
  expect(await readFile(`${path}2/deep/er/file`, 'utf8')).toBe('x');

  const plain = { path: `${path}2`, recursive: false };
  expect((await probe.ask('fs/remove', plain)).error).toMatchObject({ code: OF_SYSTEM });
  await probe.call('fs/remove', { path: `${path}2` });
  await probe.call('fs/remove', { path: `${path}2` });
  await probe.call('fs/remove', { ...plain });
  expect((await probe.ask('fs/getMetadata', { path: `${path}2` })).error).toBeDefined();
});

test('a folder that is copied over a file is refused in the words of the system', async () => {
  const sourcePath = await folder('over a file');
  const destinationPath = join(root, 'a file');
  await writeFile(destinationPath, 'x');

  const { error } = await probe.ask('fs/copy', { sourcePath, destinationPath, recursive: true });
  expect(error).toEqual({ code: OF_SYSTEM, message: 'illegal operation on a directory' });
  expect(await readFile(destinationPath, 'utf8')).toBe('x');
});

test.each([
  'fs/readFile',
  'fs/writeFile',
  'fs/createDirectory',
  'fs/getMetadata',
  'fs/readDirectory',
  'fs/remove',
  'fs/copy',
  'command/exec',
])('%s is not for a client of which nobody knows whose it is', async (method) => {
  const [near, far] = createMemoryTransportPair();
  bench.engine.connect(far, { isOwner: false });
  const stranger = new RpcProbe(near);
  await stranger.hello('stranger', {});
  const path = join(root, 'kept');
  await writeFile(path, 'kept');

  const paths = { path, dataBase64: '', sourcePath: path, destinationPath: `${path}2` };
  const { error } = await stranger.ask(method, { ...paths, command: ['rm', path] });

  expect(error).toMatchObject({ code: INVALID });
  expect(error?.message).toContain("is the owner's to do");
  expect(await readFile(path, 'utf8')).toBe('kept');
});
