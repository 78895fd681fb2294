import { beforeAll, describe, expect, test } from 'vitest';

import { buildIfStale } from '../../../main/testing/index.ts';
import { ATTACKS } from './cells.ts';
import { DOORS } from './doors/index.ts';
import { attackOnce } from './judge.ts';

beforeAll(buildIfStale, 120_000);

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
