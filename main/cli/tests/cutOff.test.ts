import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import { buildIfStale, EngineProcess } from '../../testing/index.ts';

beforeAll(buildIfStale, 120_000);

type Turn = { readonly id: string; readonly status: string; readonly items: readonly unknown[] };
type Read = { readonly thread: { readonly path: string; readonly turns: readonly Turn[] } };

async function start(home: string): Promise<EngineProcess> {
  const engine = new EngineProcess(home, undefined, { joins: false });
  await engine.client.hello('probe', { experimentalApi: true });
  return engine;
}

async function read({ client }: EngineProcess, threadId: string): Promise<Read['thread']> {
  const answer = await client.call('thread/read', { threadId, includeTurns: true });
  return (answer as Read).thread;
}

test('a turn runs for others while its process lives, and is interrupted once that was killed', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-cli-'));
  await using owner = await start(home.path);
  const threadId = await owner.client.thread();
  const turnId = await owner.client.turn(threadId, 'Wait 60 seconds');
  await owner.client.notification('item/agentMessage/delta');
  await using other = await start(home.path);

  expect((await read(other, threadId)).turns).toMatchObject([{ id: turnId, status: 'inProgress' }]);
  const running = await other.client.call('thread/timeline/list', { threadId });
  expect(running['data']).toMatchObject([{ type: 'turnStarted' }, { type: 'item' }]);

  owner.kill();
  await owner.ended;
  const left = await read(other, threadId);
  expect(left.turns).toMatchObject([
    {
      id: turnId,
      status: 'interrupted',
      completedAt: null,
      items: [{ type: 'userMessage' }],
      plan: { plan: [{ status: 'completed' }, { status: 'inProgress' }] },
    },
  ]);
  const bytes = await readFile(left.path);
  const resumed = await other.client.call('thread/resume', { threadId });
  expect((resumed as Read).thread).toMatchObject({ status: { type: 'idle' }, turns: left.turns });
  const { error } = await other.client.ask('turn/interrupt', { threadId, turnId });
  expect(error?.message).toBe('no active turn to interrupt');
  expect(await readFile(left.path)).toEqual(bytes);

  await other.client.turn(threadId, 'What is 6 * 7?');
  await other.client.notification('turn/completed');
  await using third = await start(home.path);
  const { turns } = await read(third, threadId);
  expect(turns.map(({ status }) => status)).toEqual(['interrupted', 'completed']);
});
