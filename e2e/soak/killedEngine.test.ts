import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

import { beforeAll, expect, test } from 'vitest';

import { killedEngine } from './killedEngine.ts';

const root = join(import.meta.dirname, '../..');

// The launcher prefers what is built, so a build of older sources would be killed instead of these.
beforeAll(() => {
  const build = spawnSync(process.execPath, [join(root, '.ci', 'buildIfStale.ts')], { cwd: root });
  if (build.status !== 0) throw new Error(String(build.stderr));
}, 120_000);

test('an engine killed at any message has kept every item that it told as completed', async () => {
  const { passed, failures } = await killedEngine.run(10, () => undefined);

  expect(failures).toEqual([]);
  expect(passed).toBe(10);
}, 60_000);
