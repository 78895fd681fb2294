import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { type RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

const NOBODY = '0198c2f0-0000-7000-8000-000000000000';

type Fields = Readonly<Record<string, unknown>>;

async function start(): Promise<TestEngine> {
  return startTestEngine({ scripts: [[{ events: messageAnswer('Because of scattering.') }]] });
}

/** A conversation of one turn. */
async function converse(probe: RpcProbe, words = 'Why is the sky blue?'): Promise<string> {
  const threadId = await probe.thread();
  await probe.turn(threadId, words);
  await probe.notification('turn/completed', 1, (params) => params['threadId'] === threadId);
  return threadId;
}

async function listed(probe: RpcProbe, params: Fields = {}): Promise<readonly string[]> {
  const { result, error } = await probe.ask('thread/list', params);
  if (error !== undefined) throw new Error(error.message);
  const data = (result?.['data'] ?? []) as readonly { id: string }[];
  return data.map(({ id }) => id);
}

const refusal = async (probe: RpcProbe, method: string, threadId: string): Promise<unknown> =>
  (await probe.ask(method, { threadId })).error?.message;

describe('archiving', () => {
  test('unloads the thread, answers, and tells every client; unarchiving brings it back whole', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const other = await bench.client();
    const threadId = await converse(probe);
    const { mark } = probe;

    expect(await probe.call('thread/archive', { threadId })).toEqual({});
    await probe.notification('thread/archived');
    expect(probe.order.slice(mark)).toEqual(['thread/status/changed', 'answer', 'thread/archived']);
    expect(await other.notification('thread/archived')).toEqual({ threadId });
    expect(await listed(probe)).toEqual([]);
    expect(await listed(probe, { archived: true })).toEqual([threadId]);
    expect(await readdir(join(bench.home, 'archived_sessions'))).toHaveLength(1);
    expect(await probe.call('thread/read', { threadId, includeTurns: true })).toMatchObject({
      thread: { status: { type: 'notLoaded' }, turns: [{ status: 'completed' }] },
    });
    expect(await refusal(probe, 'thread/resume', threadId)).toMatch(/^session .* is archived/u);
    expect(await refusal(probe, 'thread/archive', threadId)).toBe(
      `no rollout found for thread id ${threadId}`,
    );

    const { thread } = await probe.call('thread/unarchive', { threadId });
    expect(thread).toMatchObject({ id: threadId, preview: 'Why is the sky blue?' });
    expect(await other.notification('thread/unarchived')).toEqual({ threadId });
    expect(await refusal(probe, 'thread/unarchive', threadId)).toBe(
      `no archived rollout found for thread id ${threadId}`,
    );
    expect(await probe.call('thread/resume', { threadId })).toMatchObject({
      thread: { turns: [{ status: 'completed' }] },
    });
    await bench.restart();
    expect(await listed(await bench.client())).toEqual([threadId]);
  });

  test('of a thread that was never used takes it out of memory, and there is nothing to bring back', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const threadId = await probe.thread();

    expect(await probe.call('thread/archive', { threadId })).toEqual({});
    expect(await listed(probe, { archived: true })).toEqual([]);
    expect(await refusal(probe, 'thread/unarchive', threadId)).toMatch(/^no archived rollout/u);
    const ephemeral = await probe.thread({ ephemeral: true });
    expect(await refusal(probe, 'thread/archive', ephemeral)).toMatch(/^no rollout found/u);
  });
});

describe('deleting', () => {
  test('stops what runs, tells its end and then that the thread is gone, and leaves no file', async () => {
    await using bench = await startTestEngine({
      scripts: [[{ events: messageAnswer('Hi').slice(0, 2) }, { stall: true }]],
    });
    const probe = await bench.client();
    const threadId = await probe.thread();
    await probe.turn(threadId, 'Go on for long');
    await probe.notification('turn/started');
    const { mark } = probe;

    expect(await probe.call('thread/delete', { threadId })).toEqual({});
    await probe.notification('thread/deleted');
    const told = probe.order.slice(mark).filter((method) => !method.startsWith('item/'));
    expect(told.slice(-5)).toEqual([
      'turn/completed',
      'thread/name/updated',
      'thread/status/changed',
      'answer',
      'thread/deleted',
    ]);
    expect(probe.all('turn/completed')[0]).toMatchObject({ turn: { status: 'interrupted' } });
    expect(await refusal(probe, 'thread/read', threadId)).toBe(`thread not loaded: ${threadId}`);
    expect(await refusal(probe, 'thread/delete', threadId)).toMatch(/^no rollout found/u);
    const { error } = await probe.ask('turn/start', { threadId, input: [] });
    expect(error?.message).toBe(`thread not found: ${threadId}`);
    expect(await listed(probe)).toEqual([]);
  });

  test('removes the sound that was kept with the thread', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const threadId = await converse(probe);
    const recordingId = 'a0000000-0000-4000-8000-000000000001';
    await probe.call('thread/realtime/recording/append', {
      threadId,
      recordingId,
      mimeType: 'audio/webm',
      data: Buffer.from('sound').toString('base64'),
      durationMs: 10,
      last: false,
    });
    expect(existsSync(join(bench.home, 'recordings', threadId))).toBe(true);

    await probe.call('thread/delete', { threadId });
    expect(existsSync(join(bench.home, 'recordings', threadId))).toBe(false);
    expect(await listed(probe)).toEqual([]);
  });

  test('is refused for ids of nobody, for no ids, and for threads that are kept nowhere', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const ephemeral = await probe.thread({ ephemeral: true });

    expect(await refusal(probe, 'thread/delete', NOBODY)).toBe(
      `no rollout found for thread id ${NOBODY}`,
    );
    expect(await refusal(probe, 'thread/delete', '../..')).toMatch(/^invalid thread id/u);
    expect(await refusal(probe, 'thread/delete', ephemeral)).toBe(
      `thread is not persisted and cannot be deleted: ${ephemeral}`,
    );
  });

  test('while others resume the thread ends in one of the two, and never in half a thread', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const threadId = await converse(probe);
    await bench.restart();
    const again = await bench.client();
    const answers = await Promise.all([
      again.ask('thread/resume', { threadId }),
      again.ask('thread/delete', { threadId }),
      again.ask('thread/resume', { threadId }),
    ]);

    expect(answers[1]?.result).toEqual({});
    expect(answers[2]?.error?.message).toMatch(/^no rollout found/u);
    expect(await again.call('thread/loaded/list', {})).toMatchObject({ data: [] });
  });
});
