import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

import { beforeAll, describe, expect, test } from 'vitest';

import { ATTACKS } from './cells.ts';
import { DOORS } from './doors/index.ts';
import { attackOnce } from './judge.ts';

const root = join(import.meta.dirname, '../../..');

// The launcher prefers what is built, so a build of older sources would be attacked instead of these.
beforeAll(() => {
  const build = spawnSync(process.execPath, [join(root, '.ci', 'buildIfStale.ts')], { cwd: root });
  if (build.status !== 0) throw new Error(String(build.stderr));
}, 120_000);

describe('whatever comes in', () => {
  test.each(DOORS)(
    'costs others nothing, and its sender one clear word: $name',
    async (door) => {
      await using open = await door.open();
      const problems: string[] = [];
      for (const attack of ATTACKS) problems.push(...(await attackOnce(door, open, attack)));

      expect(problems).toEqual([]);
    },
    60_000,
  );
});
