import { beforeAll, expect, test } from 'vitest';

import { buildIfStale } from '../../../main/testing/index.ts';
import { messages } from './messages.ts';

beforeAll(buildIfStale, 120_000);

test('whatever a client sends, every request is answered once, and nothing is written elsewhere', async () => {
  const { passed, failures } = await messages.run(600, () => undefined);

  expect(failures).toEqual([]);
  expect(passed).toBe(600);
}, 60_000);
