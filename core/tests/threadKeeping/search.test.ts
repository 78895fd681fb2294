import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { type RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;
type Found = {
  readonly data: readonly { thread: { id: string }; snippet: string }[];
  readonly nextCursor: string | null;
};
type Occurrences = {
  readonly data: readonly {
    turnId: string;
    itemId: string;
    snippet: string;
    snippetMatchRange: { start: number; end: number };
    turnCursor: string;
  }[];
  readonly nextCursor: string | null;
};

const SPOKEN = '0198c2f0-0000-7000-8000-00000000aaaa';
const NOBODY = '0198c2f0-0000-7000-8000-000000000000';

let bench: TestEngine;
let probe: RpcProbe;
let typed: string;
let longer: string;

beforeAll(async () => {
  const answer = 'The sky scatters blue light, and blue is what you see.';
  bench = await startTestEngine({ scripts: [[{ events: messageAnswer(answer) }]] });
  await writeSpoken(bench.home);
  probe = await bench.client();
  typed = await probe.thread();
  await probe.turn(typed, 'Why is the sky BLUE?');
  await probe.notification('turn/completed', 1);
  longer = await probe.thread();
  await probe.turn(
    longer,
    `Look: ${'green grass '.repeat(30)} a needle ${'more grass '.repeat(30)}`,
  );
  await probe.notification('turn/completed', 2);
  await probe.turn(longer, 'And now?');
  await probe.notification('turn/completed', 3);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const said = (id: string, role: string, text: string): Fields => ({
  item: { id, realtimeSessionId: 'voice1', type: 'transcriptSegment', role, text },
});

/** A thread that was only ever talked in, as its file tells it. */
async function writeSpoken(home: string): Promise<void> {
  const folder = join(home, 'sessions', '2026', '01', '02');
  await mkdir(folder, { recursive: true });
  const timestamp = '2026-01-02T03:04:05.000Z';
  const meta = {
    id: SPOKEN,
    createdAtMs: Date.parse(timestamp),
    cwd: '/',
    model: 'test-model',
    modelProvider: 'scripted',
    originator: 'test',
    source: 'vscode',
    threadSource: null,
  };
  const lines: readonly (readonly [string, Fields])[] = [
    ['store/meta', meta],
    [
      'realtime',
      { item: { id: 'r0', realtimeSessionId: 'voice1', type: 'realtimeSessionStarted' } },
    ],
    ['realtime', said('r1', 'user', 'Is there a zebrafish?')],
    ['realtime', said('r2', 'assistant', 'There is. A zebrafish is striped.')],
  ];
  await writeFile(
    join(folder, `rollout-2026-01-02T03-04-05-${SPOKEN}.jsonl`),
    lines.map(([type, payload]) => `${JSON.stringify({ timestamp, type, payload })}\n`).join(''),
  );
}

async function found(params: Fields): Promise<readonly string[]> {
  const { data } = (await probe.call('thread/search', params as never)) as unknown as Found;
  return data.map(({ thread }) => thread.id);
}

async function occurrences(params: Fields): Promise<Occurrences> {
  return (await probe.call('thread/searchOccurrences', params as never)) as unknown as Occurrences;
}

describe('a search of threads', () => {
  test('finds what was typed, spoken, answered and named, the newest thread first, with words around it', async () => {
    await probe.call('thread/name/set', { threadId: typed, name: 'Colours' });
    expect(await found({ searchTerm: '  blue ' })).toEqual([longer, typed]);
    expect(await found({ searchTerm: 'blue', sortDirection: 'asc' })).toEqual([typed, longer]);
    expect(await found({ searchTerm: 'COLOURS' })).toEqual([typed]);
    expect(await found({ searchTerm: 'blue why' })).toEqual([]);
    expect(await found({ searchTerm: 'blue', sourceKinds: ['cli'] })).toEqual([]);
    expect(await probe.call('thread/search', { searchTerm: 'zebraFISH' })).toMatchObject({
      data: [
        {
          thread: { id: SPOKEN, status: { type: 'notLoaded' }, turns: [] },
          snippet: 'Is there a zebrafish?',
        },
      ],
      nextCursor: null,
    });
    const { data } = (await probe.call('thread/search', {
      searchTerm: 'needle',
      includeAttachedThreads: true,
      currentAccountOnly: true,
    })) as unknown as Found;
    expect(data[0]?.snippet).toMatch(/^\.\.\. .{20,60}a needle more.{20,100} \.\.\.$/u);
  });

  test('goes on page by page, and finds what is put away where that is asked for', async () => {
    const first = (await probe.call('thread/search', {
      searchTerm: 'blue',
      limit: 0,
    })) as unknown as Found;
    expect(first.data).toHaveLength(1);
    expect(await found({ searchTerm: 'blue', cursor: first.nextCursor })).toEqual([typed]);
    await probe.call('thread/archive', { threadId: SPOKEN });
    expect(await found({ searchTerm: 'zebrafish' })).toEqual([]);
    expect(await found({ searchTerm: 'zebrafish', archived: true })).toEqual([SPOKEN]);
    await probe.call('thread/unarchive', { threadId: SPOKEN });
  });

  test('refuses what it does not take, in the words that clients know', async () => {
    const cases: readonly (readonly [string, Fields, number, string])[] = [
      ['thread/search', { searchTerm: '' }, -32600, 'thread/search requires a non-empty'],
      ['thread/search', { searchTerm: ' \n' }, -32600, 'thread/search requires a non-empty'],
      ['thread/search/stream', { searchTerm: ' ' }, -32600, 'thread/search requires a non-empty'],
      ['thread/search', {}, -32600, 'missing field `searchTerm`'],
      ['thread/search', { searchTerm: 'a', cursor: 'zz' }, -32600, 'invalid cursor: zz'],
      [
        'thread/search',
        { searchTerm: 'a', sortKey: 'section_position' },
        -32600,
        'unknown variant',
      ],
      [
        'thread/search/stream',
        { searchTerm: 'ä'.repeat(32_769) },
        -32602,
        'thread/search/stream searchTerm exceeds 65536 UTF-8 bytes',
      ],
      ['thread/search/cancel', {}, -32600, 'missing field `requestId`'],
      ['thread/search/stream/cancel', { requestId: null }, -32600, 'requestId'],
    ];
    for (const [method, params, code, words] of cases) {
      const { error } = await probe.ask(method, params);
      expect({ method, error }).toMatchObject({ method, error: { code } });
      expect(error?.message).toContain(words);
    }
    expect(await found({ searchTerm: 'ä'.repeat(40_000) })).toEqual([]);
  });

  test('that is cancelled ends with an error behind the answer to the cancel, which may come late and twice', async () => {
    const cancels = ['thread/search', 'thread/search/stream'];
    for (const method of cancels) {
      const from = probe.messages.length;
      probe.send({ id: `${method} 1`, method, params: { searchTerm: 'blue' } });
      // Another connection's, and of the other kind, mean nothing to it; nor does one that is unknown.
      const other = cancels.find((name) => name !== method) ?? '';
      probe.send({ id: 'o', method: `${other}/cancel`, params: { requestId: `${method} 1` } });
      probe.send({ id: 'u', method: `${method}/cancel`, params: { requestId: 99 } });
      for (const id of ['c', 'd']) {
        probe.send({ id, method: `${method}/cancel`, params: { requestId: `${method} 1` } });
      }
      // Answered by then, whatever became of it.
      await found({ searchTerm: 'blue' });
      const answers = probe.messages.slice(from).filter(({ id }) => typeof id === 'string');
      expect(answers).toHaveLength(5);
      expect(new Set(answers.map(({ id }) => id))).toEqual(
        new Set([`${method} 1`, 'c', 'd', 'o', 'u']),
      );
      const [ended, cancelled] = [`${method} 1`, 'c'].map((id) =>
        answers.findIndex((answer) => answer.id === id),
      );
      expect(answers[ended ?? -1]).toMatchObject({
        error: { code: -32600, message: 'thread search cancelled' },
      });
      expect(ended).toBeGreaterThan(cancelled ?? -1);
      expect(await probe.ask(`${method}/cancel`, { requestId: `${method} 1` })).toMatchObject({
        result: {},
      });
    }
  });

  test('by stream tells its own client what it finds on the way, and nothing behind its answer', async () => {
    await using fresh = await startTestEngine({
      scripts: [[{ events: messageAnswer('A needle.') }]],
    });
    const [asking, other] = [await fresh.client(), await fresh.client()];
    const threadId = await asking.thread();
    await asking.turn(threadId, 'Find the needle');
    await asking.notification('turn/completed', 1);
    asking.send({ id: 's', method: 'thread/search/stream', params: { searchTerm: 'needle' } });
    const partial = await asking.notification('thread/search/partial', 1);
    await asking.call('thread/search', { searchTerm: 'needle' });

    expect(partial).toMatchObject({
      requestId: 's',
      data: [{ thread: { id: threadId }, snippet: 'Find the needle' }],
    });
    const places = asking.messages.map(({ id, method }) => id ?? method);
    expect(places.lastIndexOf('thread/search/partial')).toBeLessThan(places.indexOf('s'));
    expect(other.all('thread/search/partial')).toEqual([]);
  });
});

describe('occurrences in a thread', () => {
  test('are each place in the order it was said, with what leads there', async () => {
    const { data, nextCursor } = await occurrences({ threadId: typed, searchTerm: 'blue' });
    expect(nextCursor).toBeNull();
    expect(
      data.map(({ snippet, snippetMatchRange: { start, end } }) => [
        snippet,
        snippet.slice(start, end),
      ]),
    ).toEqual([
      ['Why is the sky BLUE?', 'BLUE'],
      ['The sky scatters blue light, and blue is what you see.', 'blue'],
      ['The sky scatters blue light, and blue is what you see.', 'blue'],
    ]);
    for (const { turnId, turnCursor } of data) {
      const page = await probe.call('thread/turns/list', { threadId: typed, cursor: turnCursor });
      expect(page).toMatchObject({ data: [{ id: turnId }] });
    }
    const items = await probe.call('thread/items/list', { threadId: typed });
    const ids = (items['data'] as { item: { id: string } }[]).map(({ item }) => item.id);
    expect(data.map(({ itemId }) => itemId)).toEqual([ids[0], ids[1], ids[1]]);
    const later = await occurrences({ threadId: longer, searchTerm: 'now' });
    const cursor = later.data[0]?.turnCursor ?? '';
    expect(
      await probe.call('thread/turns/list', { threadId: longer, cursor, limit: 1 }),
    ).toMatchObject({ data: [{ id: later.data[0]?.turnId }] });
  });

  test('go on where a page ended, also within a message, and for that term alone', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await occurrences({ threadId: typed, searchTerm: 'blue', limit: 0, cursor });
      seen.push(...page.data.map(({ snippetMatchRange }) => String(snippetMatchRange.start)));
      ({ nextCursor: cursor } = page);
    } while (cursor !== null);
    expect(seen).toEqual(['15', '17', '33']);
    const { nextCursor } = await occurrences({ threadId: typed, searchTerm: 'blue', limit: 1 });
    for (const [threadId, searchTerm] of [
      [typed, 'sky'],
      [longer, 'blue'],
    ]) {
      expect(
        await probe.ask('thread/searchOccurrences', { threadId, searchTerm, cursor: nextCursor }),
      ).toMatchObject({ error: { code: -32600, message: `invalid cursor: ${nextCursor}` } });
    }
  });

  test('are told of what was spoken by its session, and its blanks count', async () => {
    const { data } = await occurrences({ threadId: SPOKEN, searchTerm: ' zebrafish' });
    expect(data).toMatchObject([
      { turnId: 'voice1', itemId: 'r1', snippetMatchRange: { start: 10, end: 20 } },
      { turnId: 'voice1', itemId: 'r2', snippet: 'There is. A zebrafish is striped.' },
    ]);
    const { turnCursor = '' } = data[0] ?? {};
    expect(
      await probe.call('thread/turns/list', { threadId: SPOKEN, cursor: turnCursor }),
    ).toMatchObject({ data: [] });
  });

  test('are refused where there is nothing to look through', async () => {
    const unused = await probe.thread();
    const passing = await probe.thread({ ephemeral: true });
    const refused = { code: -32601, message: 'thread/searchOccurrences is not supported yet' };
    for (const threadId of [NOBODY, unused, passing]) {
      expect(
        await probe.ask('thread/searchOccurrences', { threadId, searchTerm: 'a' }),
      ).toMatchObject({
        error: refused,
      });
    }
    expect(
      await probe.ask('thread/searchOccurrences', { threadId: 'x', searchTerm: 'a' }),
    ).toMatchObject({ error: { code: -32600 } });
    expect(
      await probe.ask('thread/searchOccurrences', { threadId: typed, searchTerm: ' ' }),
    ).toMatchObject({
      error: { code: -32600, message: 'thread/searchOccurrences requires a non-empty searchTerm' },
    });
  });
});
