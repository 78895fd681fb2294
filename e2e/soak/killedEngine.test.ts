import { beforeAll, expect, test } from 'vitest';

import { buildIfStale } from '../../main/testing/index.ts';
import { killedEngine } from './killedEngine.ts';

beforeAll(buildIfStale, 120_000);

test('an engine killed at any message has kept every item that it told one or two processes as completed', async () => {
  const { passed, failures } = await killedEngine.run(10, () => undefined);

  expect(failures).toEqual([]);
  expect(passed).toBe(10);
}, 60_000);
