import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

import { beforeAll, expect, test } from 'vitest';

import { cascade } from './cascade.ts';

const root = join(import.meta.dirname, '../..');
/** Each part of a cascade with each fault that nobody has to wait for. */
const ROUNDS = 9;

// The launcher prefers what is built, so a build of older sources would be tried instead of these.
beforeAll(() => {
  const build = spawnSync(process.execPath, [join(root, '.ci', 'buildIfStale.ts')], { cwd: root });
  if (build.status !== 0) throw new Error(String(build.stderr));
}, 120_000);

test('a fault of any part of a cascade is told once by its name, and the next turn works', async () => {
  const { passed, failures } = await cascade.run(ROUNDS, () => undefined);

  expect(failures).toEqual([]);
  expect(passed).toBe(ROUNDS);
}, 60_000);
