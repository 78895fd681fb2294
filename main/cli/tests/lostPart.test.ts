import { cp, mkdtempDisposable, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import { buildIfStale, EngineProcess } from '../../testing/index.ts';

const ROOT = join(import.meta.dirname, '../../..');

beforeAll(buildIfStale, 120_000);

test('a part that an update took away is told at the start of voice, and text goes on', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-lost-'));
  const copy = join(folder.path, 'product');
  for (const part of ['package.json', 'main/cli', 'dist/main']) {
    await cp(join(ROOT, part), join(copy, part), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  const built = join(copy, 'dist/main');
  const parts = (await readdir(built)).filter((file) => file.startsWith('voiceSession-'));
  expect(parts).not.toEqual([]);
  for (const part of parts) await rm(join(built, part));
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-home-'));
  await using engine = new EngineProcess(home.path, join(copy, 'main/cli/parley.cjs'));
  const { client } = engine;
  await client.hello('probe', { experimentalApi: true });
  const threadId = await client.thread();

  await client.call('thread/realtime/start', { threadId, outputModality: 'audio' });

  expect(await client.notification('thread/realtime/error')).toMatchObject({
    message: expect.stringContaining('is no longer there; start Parley again'),
    fatal: true,
  });
  await client.turn(threadId, 'What is 6 * 7?');
  expect(await client.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });
});
