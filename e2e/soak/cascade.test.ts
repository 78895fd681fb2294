import { beforeAll, expect, test } from 'vitest';

import { buildIfStale } from '../../main/testing/index.ts';
import { cascade } from './cascade.ts';

/** Each part of a cascade with each fault that nobody has to wait for. */
const ROUNDS = 9;

beforeAll(buildIfStale, 120_000);

test('a fault of any part of a cascade is told once by its name, and the next turn works', async () => {
  const { passed, failures } = await cascade.run(ROUNDS, () => undefined);

  expect(failures).toEqual([]);
  expect(passed).toBe(ROUNDS);
}, 60_000);
