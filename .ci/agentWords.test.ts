import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ROOT } from './tool.ts';

/** How our voice model is told of the agent behind it; `core/voice/agent` owns all of it. */
const AGENT_WORDS =
  /background_agent|remain_silent|\[USER\]|\[BACKEND\]|realtime_delegation|startup_context|Parley's/u;

test('realtime/ knows nothing of our agent: neither its tools nor its prefixes nor its name', () => {
  const files = globSync('realtime/**/*.ts', { cwd: ROOT });
  const knowing = files.filter((file) => AGENT_WORDS.test(readFileSync(join(ROOT, file), 'utf8')));

  expect(files.length).toBeGreaterThan(100);
  expect(knowing).toEqual([]);
});

test('the words are where they belong', () => {
  const owner = readFileSync(join(ROOT, 'core/voice/agent/agentTools.ts'), 'utf8');

  expect(owner).toMatch(AGENT_WORDS);
});
