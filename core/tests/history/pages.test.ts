import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RpcProbe, TestEngine } from '../../testing/index.ts';
import { talkedThread } from './talkedThread.ts';

type Fields = Readonly<Record<string, unknown>>;
type Page = {
  readonly data: readonly { readonly id: string; readonly items: readonly Fields[] }[];
  readonly nextCursor: string | null;
  readonly backwardsCursor: string | null;
};
type Item = { readonly type: string; readonly id: string };
type ItemsPage = {
  readonly data: readonly { readonly turnId: string; readonly item: Item }[];
  readonly nextCursor: string | null;
  readonly backwardsCursor: string | null;
};

const TURNS = 5;
let bench: TestEngine;
let probe: RpcProbe;
let threadId: string;
let turnIds: string[];

beforeAll(async () => {
  ({ bench, probe, threadId, turnIds } = await talkedThread(
    Array.from({ length: TURNS }, (_, index) => `Words ${index + 1}`),
  ));
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const turns = async (params: Fields): Promise<Page> =>
  (await probe.call('thread/turns/list', { threadId, ...params })) as Page;
const items = async (params: Fields): Promise<ItemsPage> =>
  (await probe.call('thread/items/list', { threadId, ...params })) as ItemsPage;
const idsOf = ({ data }: Page): readonly string[] => data.map(({ id }) => id);

describe.each(['loaded', 'not loaded'] as const)('the turns of a thread that is %s', (where) => {
  beforeAll(async () => {
    if (where === 'loaded') return;
    await bench.restart();
    probe = await bench.client();
  });

  test('come newest first, and every one of them once, page by page', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await turns({ limit: 2, cursor });
      seen.push(...idsOf(page));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(turnIds.toReversed());
  });

  test('come oldest first where that is asked for', async () => {
    expect(idsOf(await turns({ sortDirection: 'asc' }))).toEqual(turnIds);
  });

  test('are read the other way from where a page began, with its first turn once more', async () => {
    const { backwardsCursor: cursor } = await turns({ limit: 2, sortDirection: 'asc' });
    expect(idsOf(await turns({ cursor, sortDirection: 'desc' }))).toEqual([turnIds[0]]);
    const { nextCursor } = await turns({ limit: 2 });
    const second = await turns({ limit: 2, cursor: nextCursor });
    const back = await turns({ cursor: second.backwardsCursor, sortDirection: 'asc' });
    expect(idsOf(back)).toEqual(turnIds.slice(2));
  });

  test.each([
    ['notLoaded', []],
    ['summary', ['userMessage', 'agentMessage']],
    ['full', ['userMessage', 'agentMessage']],
  ] as const)('hold what the view %s shows', async (itemsView, types) => {
    const { data } = await turns({ limit: 1, itemsView });
    expect(data).toMatchObject([{ itemsView, status: 'completed' }]);
    expect(data[0]?.items.map(({ type }) => type)).toEqual(types);
  });

  test('are one at least, whatever the limit', async () => {
    expect((await turns({ limit: 0 })).data).toHaveLength(1);
  });

  test.each(['x', '', '3', 'items:from:1', 'turns:from:-1', 'turns:from:1:2', 'turns:of:1'])(
    'are refused for the cursor %j, which no page gave',
    async (cursor) => {
      const { error } = await probe.ask('thread/turns/list', { threadId, cursor });
      expect(error).toMatchObject({ code: -32_600, message: `invalid cursor: ${cursor}` });
    },
  );

  test('are an empty page behind the last one', async () => {
    const page = await turns({ cursor: 'turns:behind:0' });
    expect(page).toEqual({ data: [], nextCursor: null, backwardsCursor: null });
  });
});

describe('the items of a thread', () => {
  test('come oldest first, each with its turn and its times', async () => {
    const { data, nextCursor } = await items({ limit: 3 });
    expect(data).toMatchObject([
      { turnId: turnIds[0], item: { type: 'userMessage' }, startedAtMs: expect.any(Number) },
      { turnId: turnIds[0], item: { type: 'agentMessage' }, completedAtMs: expect.any(Number) },
      { turnId: turnIds[1], item: { type: 'userMessage' } },
    ]);
    const rest = await items({ cursor: nextCursor });
    expect(rest.data).toHaveLength(2 * TURNS - 3);
    expect(rest.nextCursor).toBeNull();
  });

  test('are those of one turn where one is named, and none of a turn there is not', async () => {
    const { data } = await items({ turnId: turnIds[1] });
    expect(data.map(({ turnId }) => turnId)).toEqual([turnIds[1], turnIds[1]]);
    expect(await items({ turnId: 'nope' })).toEqual({
      data: [],
      nextCursor: null,
      backwardsCursor: null,
    });
  });

  test('are read on from an item of a turn, in both directions and without it', async () => {
    const turnId = turnIds[1];
    const [first, second] = (await items({ turnId })).data;
    const behind = await items({ turnId, cursor: { type: 'item', itemId: first?.item.id } });
    expect(behind.data).toEqual([second]);
    const before = await items({
      turnId,
      cursor: { type: 'item', itemId: second?.item.id },
      sortDirection: 'desc',
    });
    expect(before.data).toEqual([first]);
  });

  test('are refused for an item as cursor without its turn, and for one that is not there', async () => {
    const cursor = { type: 'item', itemId: 'x' };
    const alone = await probe.ask('thread/items/list', { threadId, cursor });
    expect(alone.error?.message).toContain('needs the turnId');
    const gone = await probe.ask('thread/items/list', { threadId, turnId: turnIds[0], cursor });
    expect(gone.error).toMatchObject({ code: -32_600, message: 'item not found: x' });
  });
});

test('a thread that nobody has said anything in, and an ephemeral one, have no lists yet', async () => {
  const empty = await probe.thread();
  const ephemeral = await probe.thread({ ephemeral: true });
  expect((await probe.ask('thread/turns/list', { threadId: empty })).error).toMatchObject({
    code: -32_600,
    message: expect.stringContaining('is not materialized yet'),
  });
  expect((await probe.ask('thread/items/list', { threadId: empty })).error?.code).toBe(-32_601);
  expect((await probe.ask('thread/turns/list', { threadId: ephemeral })).error).toMatchObject({
    code: -32_600,
    message: 'ephemeral threads do not support thread/turns/list',
  });
});

test('the ids of loaded threads come in pages', async () => {
  await probe.thread();
  await probe.thread();
  const all = (await probe.call('thread/loaded/list', {}))['data'] as readonly string[];
  const page = await probe.call('thread/loaded/list', { limit: 1 });
  expect(page['data']).toEqual(all.slice(0, 1));
  const rest = await probe.call('thread/loaded/list', { cursor: String(page['nextCursor']) });
  expect(rest).toEqual({ data: all.slice(1), nextCursor: null });
  expect((await probe.ask('thread/loaded/list', { cursor: 'zz' })).error?.message).toBe(
    'invalid cursor: zz',
  );
});
