import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { startTestEngine } from '../../testing/index.ts';

/** What an agent that registers itself with its maker would leave in settings, features, methods or files. */
const TRACES =
  /agent[_-]?identit|agent[_-]?runtime|agent[_-]?private|register[_-]?task|task[_-]?regist/iu;

test('an agent has no identity of its own: nothing of it is set, offered, recorded, or written beside the key', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Yes.') }]] });
  const auth = join(bench.home, 'auth.json');
  await writeFile(auth, '{"OPENAI_API_KEY":"sk-stored"}', { mode: 0o600 });
  const before = await stat(auth, { bigint: true });
  const probe = await bench.client();
  const threadId = await probe.thread();
  for (let turn = 1; turn <= 10; turn += 1) {
    await probe.turn(threadId, 'Hi');
    await probe.notification('turn/completed', turn);
  }
  await probe.call('account/read', {});

  const after = await stat(auth, { bigint: true });
  expect({ mtimeNs: after.mtimeNs, ino: after.ino }).toEqual({
    mtimeNs: before.mtimeNs,
    ino: before.ino,
  });
  const offered = await Promise.all([
    probe.call('experimentalFeature/list', {}),
    probe.call('config/read', { includeLayers: true }),
    probe.ask('no/such/method', {}),
  ]);
  expect(JSON.stringify([offered, probe.messages])).not.toMatch(TRACES);
  const names = await readdir(bench.home, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'));
  const records = await Promise.all(
    files.map(async ({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
  );
  expect(records.join('\n')).toContain('Yes.');
  expect(records.join('\n')).not.toMatch(TRACES);
});

test.each([
  'core/config/schema/schema.ts',
  'core/features/registry.ts',
  'core/threads/history/records.ts',
])('nothing in %s knows of an identity of the agent', async (path) => {
  const source = await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');

  expect(source).toContain('export');
  expect(source).not.toMatch(TRACES);
});
