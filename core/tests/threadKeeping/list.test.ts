import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { type RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const NOBODY = '0198c2f0-0000-7000-8000-000000000000';

/** An engine with two conversations, the older one in `/one`. */
async function start(): Promise<{
  bench: TestEngine;
  probe: RpcProbe;
  older: string;
  newer: string;
}> {
  const bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello.') }]] });
  const probe = await bench.client();
  const [older, newer] = [await probe.thread({ cwd: '/one' }), await probe.thread({ cwd: '/two' })];
  // The older one is talked in last.
  for (const [n, threadId] of [newer, older].entries()) {
    await probe.turn(threadId, `Explain the ${threadId === older ? 'tides' : 'moon'}`);
    await probe.notification('turn/completed', n + 1);
  }
  return { bench, probe, older, newer };
}

async function listed(probe: RpcProbe, params: Fields): Promise<readonly string[]> {
  const { result, error } = await probe.ask('thread/list', params);
  if (error !== undefined) throw new Error(error.message);
  const data = (result?.['data'] ?? []) as readonly { id: string }[];
  return data.map(({ id }) => id);
}

describe('the list of threads', () => {
  test('begins with what was made last, goes by what was used last where asked to, and both ways', async () => {
    const { bench, probe, older, newer } = await start();
    await using _ = bench;

    expect(await listed(probe, {})).toEqual([newer, older]);
    expect(await listed(probe, { sortDirection: 'asc' })).toEqual([older, newer]);
    expect(await listed(probe, { sortKey: 'updated_at' })).toEqual([older, newer]);
    expect(await listed(probe, { sortKey: 'recency_at' })).toEqual([older, newer]);
    const first = await probe.call('thread/list', { limit: 1 });
    const second = await probe.call('thread/list', {
      limit: 1,
      cursor: String(first['nextCursor']),
    });
    expect(second).toMatchObject({ data: [{ id: older }], nextCursor: null });
    const cursor = String(second['backwardsCursor']);
    expect(await listed(probe, { sortDirection: 'asc', cursor })).toEqual([newer]);
    expect(await listed(probe, { limit: 0 })).toHaveLength(1);
    expect(await listed(probe, { limit: 1_000_000, useStateDbOnly: true })).toHaveLength(2);
  });

  test('is what is asked for, and empty filters ask for nothing', async () => {
    const { bench, probe, older, newer } = await start();
    await using _ = bench;
    const cases: readonly (readonly [Fields, readonly string[]])[] = [
      [{ cwd: '/one' }, [older]],
      [{ cwd: ['/one', '/two'] }, [newer, older]],
      [{ cwd: '/o' }, []],
      [{ modelProviders: ['scripted'] }, [newer, older]],
      [{ modelProviders: ['other'] }, []],
      [{ modelProviders: [] }, [newer, older]],
      [{ sourceKinds: ['vscode'] }, [newer, older]],
      [{ sourceKinds: ['cli', 'subAgent'] }, []],
      [{ sourceKinds: [] }, [newer, older]],
      [{ archived: true }, []],
      [{ excludedThreadIds: [newer] }, [older]],
      [{ includedThreadIds: [newer, NOBODY] }, [newer]],
      [{ includedThreadIds: [newer], excludedThreadIds: [newer] }, []],
      [{ includedThreadIds: [] }, []],
      [{ searchTerm: 'TIDES' }, [older]],
      [{ parentThreadId: older }, []],
      [{ sectionId: 'a', sortKey: 'section_position' }, []],
      [{ sectionId: null, projectId: null }, [newer, older]],
    ];
    for (const [params, expected] of cases) {
      expect({ params, ids: await listed(probe, params) }).toEqual({ params, ids: expected });
    }
  });

  test('refuses what it does not know, in the words that clients know', async () => {
    const { bench, probe, older } = await start();
    await using _ = bench;
    const cases: readonly (readonly [Fields, number, string])[] = [
      [{ sortKey: 'nope' }, -32600, 'unknown variant "nope"'],
      [{ sourceKinds: ['nope'] }, -32600, 'unknown variant "nope"'],
      [{ limit: -1 }, -32600, 'Invalid request'],
      [{ cursor: '' }, -32600, 'invalid cursor: '],
      [{ sortKey: 'section_position' }, -32600, 'section-position sorting requires a section'],
      [{ parentThreadId: older, ancestorThreadId: older }, -32600, 'mutually exclusive'],
      [{ originators: ['a'] }, -32602, 'originator filtering is not supported'],
      [{ projectId: 'a' }, -32602, 'project not found: a'],
      [{ excludedThreadIds: ['x'] }, -32602, 'invalid excluded thread id'],
      [{ includedThreadIds: Array(101).fill(older) }, -32602, 'at most 100'],
    ];
    for (const [params, code, words] of cases) {
      const { error } = await probe.ask('thread/list', params);
      expect({ params, error }).toMatchObject({ params, error: { code } });
      expect(error?.message).toContain(words);
    }
  });
});
