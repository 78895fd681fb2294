import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createMemoryTransportPair } from '../../rpc/index.ts';
import { RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

const FILES = {
  'src/mainEngine.ts': '',
  'src/deep/engine_main.rs': '',
  'src/deep/kept.log': '',
  'src/deep/main.tmp': '',
  'src/deep/.gitignore': '!kept.log\n*.tmp\n',
  'node_modules/q/main.js': '',
  '.git/main': '',
  '.hidden/main.txt': '',
  'main.md': '',
  'ignored.log': '',
  '.gitignore': 'node_modules\n*.log\n',
};

let bench: TestEngine;
let probe: RpcProbe;
let root: string;
beforeAll(async () => {
  bench = await startTestEngine();
  probe = await bench.client({ experimentalApi: false });
  root = await mkdtemp(join(tmpdir(), 'parley-search-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await symlink(root, join(root, 'main-loop'));
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

async function paths(
  query: string,
  roots = [root],
  cancellationToken?: string,
): Promise<unknown[]> {
  const params = { query, roots, cancellationToken };
  const { files } = await probe.call('fuzzyFileSearch', params);
  return (files as { path: string }[]).map(({ path }) => path);
}

test('files are found by parts of their path; what git leaves out and links are passed over', async () => {
  const found = await paths('main');

  expect(found[0]).toBe('main.md');
  expect(new Set(found)).toEqual(
    new Set(['main.md', '.hidden/main.txt', 'src/mainEngine.ts', 'src/deep/engine_main.rs']),
  );
  expect(await paths('log')).toEqual(['src/deep/kept.log']);
});

test('a row says where it was found and which characters were meant', async () => {
  const { files } = await probe.call('fuzzyFileSearch', { query: 'deep', roots: [root] });

  expect((files as unknown[])[0]).toEqual({
    root,
    path: 'src/deep',
    match_type: 'directory',
    file_name: 'deep',
    score: expect.any(Number) as number,
    indices: [4, 5, 6, 7],
  });
});

test.each([
  ['', [tmpdir()]],
  ['main', []],
  ['main', ['/no/such']],
  ['main', ['relative']],
  ['main', ['/etc/passwd']],
])('nothing is found for %j in %j', async (query, roots) => {
  expect(await paths(query, roots)).toEqual([]);
});

test('a search ends the one before it that has its token, and each is answered once', async () => {
  const [first, second] = await Promise.all([
    paths('main', ['/usr', root], 'mine'),
    paths('main.md', [root], 'mine'),
  ]);

  expect(first).toEqual([]);
  expect(second).toEqual(['main.md']);
});

test('a token is one client’s own', async () => {
  const other = await bench.client({ experimentalApi: false });
  const params = { query: 'main.md', roots: [root], cancellationToken: 'mine' };

  const [mine, theirs] = await Promise.all([
    probe.call('fuzzyFileSearch', params),
    other.call('fuzzyFileSearch', params),
  ]);

  expect(mine).toEqual(theirs);
  expect(theirs).toMatchObject({ files: [{ path: 'main.md' }] });
});

test('nobody searches without being known as the owner', async () => {
  const [near, far] = createMemoryTransportPair();
  bench.engine.connect(far, { isOwner: false });
  const stranger = new RpcProbe(near);
  await stranger.hello('stranger', {});

  const { error } = await stranger.ask('fuzzyFileSearch', { query: 'main', roots: [root] });
  expect(error?.message).toContain("is the owner's to do");
});
