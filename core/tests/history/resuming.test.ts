import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type RpcProbe, type TestEngine, toldToModel } from '../../testing/index.ts';
import { talkedThread } from './talkedThread.ts';

type Fields = Readonly<Record<string, unknown>>;
type Page = { readonly data: readonly { readonly id: string }[] };

let bench: TestEngine;
let probe: RpcProbe;
let threadId: string;
let turnIds: string[];

beforeAll(async () => {
  ({ bench, probe, threadId, turnIds } = await talkedThread(['One', 'Two', 'Three']));
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const refusal = async (params: Fields): Promise<string | undefined> =>
  (await probe.ask('thread/resume', { threadId, ...params })).error?.message;

describe('a thread that is named by its file', () => {
  test('is that one, whatever id stands beside it', async () => {
    const { thread } = await probe.call('thread/read', { threadId });
    const { path } = thread as { readonly path: string };
    const byFile = { threadId: '', path, excludeTurns: true };

    expect(await probe.call('thread/resume', byFile)).toMatchObject({ thread: { id: threadId } });
    expect(await probe.call('thread/fork', byFile)).toMatchObject({
      thread: { forkedFromId: threadId },
    });
  });

  test('is refused where there is none, as is another history', async () => {
    expect(await refusal({ path: '/etc/passwd' })).toBe('no rollout found at /etc/passwd');
    const nobody = '00000000-0000-7000-8000-000000000000';
    expect(await refusal({ path: `/rollout-1-${nobody}.jsonl` })).toBe(
      `no rollout found for thread id ${nobody}`,
    );
    expect(await refusal({ history: [] })).toMatch(/^`history` is not taken/u);
  });
});

describe('the answer to a resume', () => {
  test('brings a page of turns where one is asked for, and none of the rest', async () => {
    const resumed = await probe.call('thread/resume', {
      threadId,
      excludeTurns: true,
      initialTurnsPage: { limit: 1, itemsView: 'notLoaded' },
    });
    expect(resumed).toMatchObject({
      thread: { turns: [] },
      collaborationMode: { mode: 'default', settings: { model: 'test-model' } },
      initialTurnsPage: { data: [{ id: turnIds[2], items: [], itemsView: 'notLoaded' }] },
    });
    const { nextCursor } = resumed['initialTurnsPage'] as { nextCursor: string };
    const older = await probe.call('thread/turns/list', { threadId, cursor: nextCursor });
    expect((older as Page).data.map(({ id }) => id)).toEqual([turnIds[1], turnIds[0]]);
  });

  test('says where lists begin that go towards the beginning, also when more has come', async () => {
    const resumed = await probe.call('thread/resume', { threadId, excludeTurns: true });
    expect(resumed['initialTurnsPage']).toBeNull();
    const ended = probe.all('turn/completed').length;
    const turnId = await probe.turn(threadId, 'Four');
    await probe.notification('turn/completed', ended + 1);
    const from = async (method: string, cursor: unknown): Promise<readonly Fields[]> => {
      const { result } = await probe.ask(method, {
        threadId,
        cursor,
        sortDirection: 'desc',
        limit: 1,
      });
      return (result ?? {})['data'] as readonly Fields[];
    };
    expect(await from('thread/turns/list', resumed['turnsBackwardsCursor'])).toMatchObject([
      { id: turnIds[2] },
    ]);
    expect(await from('thread/items/list', resumed['itemsBackwardsCursor'])).toMatchObject([
      { turnId: turnIds[2], item: { type: 'agentMessage' } },
    ]);
    turnIds.push(turnId);
  });
});

describe('what a resume asks for', () => {
  test('counts also where the thread is loaded: everybody hears of it, and the next turn runs with it', async () => {
    const other = await bench.client();
    await other.call('thread/resume', { threadId, excludeTurns: true });
    const resumed = await probe.call('thread/resume', {
      threadId,
      excludeTurns: true,
      model: 'other-model',
      cwd: '/elsewhere',
      approvalPolicy: 'never',
      developerInstructions: 'Be brief.',
      config: { model_reasoning_effort: 'high' },
    });
    expect(resumed).toMatchObject({
      model: 'other-model',
      cwd: '/elsewhere',
      approvalPolicy: 'never',
      reasoningEffort: 'high',
    });
    const { threadSettings } = await other.notification('thread/settings/updated');
    expect(threadSettings).toMatchObject({ model: 'other-model', effort: 'high' });

    const asked = bench.upstream.requests.length;
    const ended = probe.all('turn/completed').length;
    await probe.turn(threadId, 'Go on');
    const { body } = await bench.upstream.request(asked + 1);
    await probe.notification('turn/completed', ended + 1);
    expect(body).toMatchObject({ model: 'other-model' });
    expect(toldToModel(body).slice(-3)).toEqual([
      expect.stringContaining('Be brief.'),
      expect.stringContaining('<cwd>/elsewhere</cwd>'),
      'user: Go on',
    ]);
  });

  test('that is nothing changes nothing, and needs no settings file that can be read', async () => {
    await writeFile(join(bench.home, 'config.toml'), 'model = ');
    const resumed = await probe.call('thread/resume', { threadId, excludeTurns: true });
    expect(resumed).toMatchObject({ model: 'other-model', cwd: '/elsewhere' });
  });
});
