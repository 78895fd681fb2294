import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Contestant, Field } from './contestant.ts';
import { type Benchmark, type BenchRow, collectAlternately, median, middleOf } from './row.ts';

const THREADS = 10_000;
const EXCHANGES = 5;
const WORDS_A_MESSAGE = 30;
const BEGAN_MS = Date.UTC(2026, 0, 1);
const APART_MS = 600_000;
const PAGE_LIMIT_MS = 20;
/** Said everywhere, in many threads, in one, and in none. */
const TERMS = ['the', 'recogniser', 'zebrafish', 'nowhere at all'];
const COMMON = [
  'the',
  'and',
  'thread',
  'sound',
  'what',
  'model',
  'voice',
  'answer',
  'page',
  'file',
];

/** The first page of a list and of a search over ten thousand conversations. */
export const benchManyThreads: Benchmark = async ({ rounds }) => {
  // The peer keeps its threads in files of another form, and knows none of ours.
  await using field = await Field.start({ before: undefined, peer: undefined, relay: false });
  const [contestant] = field.contestants;
  if (contestant === undefined) throw new Error('There is nobody to measure.');
  await writeThreads(contestant.home);
  await readAll(contestant);
  const ask = (method: string, params: Readonly<Record<string, unknown>>) => async () => {
    const beganMs = performance.now();
    await contestant.request(method, params);
    return [performance.now() - beganMs];
  };
  const searches = TERMS.map((searchTerm) => ask('thread/search', { searchTerm, limit: 50 }));
  const [floor = [], list = [], ...found] = await collectAlternately(
    [ask('thread/loaded/list', {}), ask('thread/list', { limit: 50 }), ...searches],
    rounds,
  );
  const row = (what: string, times: readonly number[]): BenchRow => ({
    what: `${what} over ${THREADS.toLocaleString('en')} threads, first page, p50`,
    unit: 'ms',
    ours: middleOf(times),
    promised: { atMost: PAGE_LIMIT_MS },
    against: [{ name: 'a request that looks nothing up', value: median(floor) }],
  });
  return [
    row('thread/list', list),
    ...TERMS.map((term, index) => row(`thread/search of "${term}"`, found[index] ?? [])),
  ];
};

/** The first search reads the files, which takes longer than anybody waits for an answer here. */
async function readAll(contestant: Contestant): Promise<void> {
  for (;;) {
    try {
      await contestant.request('thread/search', { searchTerm: 'zebrafish' });
      return;
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('No answer'))) throw error;
    }
  }
}

async function writeThreads(home: string): Promise<void> {
  const random = numbers();
  const text = (): string => Array.from({ length: WORDS_A_MESSAGE }, () => word(random)).join(' ');
  for (let n = 0; n < THREADS; n += 1) {
    const atMs = BEGAN_MS + n * APART_MS;
    const timestamp = new Date(atMs).toISOString();
    const id = `0198c2f0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
    const folder = join(home, 'sessions', ...timestamp.slice(0, 10).split('-'));
    await mkdir(folder, { recursive: true });
    const lines = [...linesOf(id, atMs, text, n === THREADS / 2 ? 'zebrafish' : '')];
    const time = timestamp.slice(0, 19).replaceAll(':', '-');
    await writeFile(
      join(folder, `rollout-${time}-${id}.jsonl`),
      lines.map(([type, payload]) => `${JSON.stringify({ timestamp, type, payload })}\n`).join(''),
    );
  }
}

/** A thread's file as the journal writes it, as far as a list and a search look at it. */
function* linesOf(
  id: string,
  createdAtMs: number,
  text: () => string,
  rare: string,
): Generator<readonly [type: string, payload: object]> {
  yield [
    'store/meta',
    {
      id,
      createdAtMs,
      cwd: '/work',
      model: 'bench',
      modelProvider: 'bench',
      originator: 'bench',
      source: 'vscode',
      threadSource: null,
    },
  ];
  yield ['store/preview', { text: text() }];
  for (let n = 0; n < EXCHANGES; n += 1) {
    const [said, answered] = [`${text()} ${rare}`, text()];
    const content = [{ type: 'text', text: said, text_elements: [] }];
    const turnId = `turn${n}`;
    yield ['item', { turnId, item: { type: 'userMessage', id: `u${n}`, clientId: null, content } }];
    yield ['history', { items: [{ said, answered }] }];
    yield ['item', { turnId, item: { type: 'agentMessage', id: `a${n}`, text: answered } }];
  }
}

/** Half of what is said is words that everybody uses; one in a hundred is one of many that few do. */
function word(random: () => number): string {
  if (random() < 0.5) return COMMON[Math.floor(random() * COMMON.length)] ?? '';
  if (random() < 0.01) return 'recogniser';
  return Math.floor(random() * 20_000)
    .toString(26)
    .padStart(4, 'o');
}

/** Numbers from 0 to 1, the same in every run. */
function numbers(): () => number {
  let state = 7;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
