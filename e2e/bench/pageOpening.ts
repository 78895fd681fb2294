import type { Page } from '@playwright/test';

import { createFileLogger, systemClock } from '../../core/platform/index.ts';
import type { Turn } from '../../core/protocol/index.ts';
import { openThreadStore, type ThreadStore } from '../../core/store/index.ts';
import type { ThreadRecord } from '../../core/threads/index.ts';
import { startHost } from '../support/index.ts';
import { launchBrowser, openPage, readNotes, resetNotes, shownAtMs } from './pageProbe.ts';
import { type Benchmark, collectAlternately, median } from './row.ts';

const LONG_ENTRIES = 5000;
const SHORT_ENTRIES = 50;
const ROUNDS = 3;
/** A long one is read from its file whole, and shown from its end. */
const NEWEST_LIMIT_MS = 500;
const OLDEST_LIMIT_MS = 3000;
const LONGEST_TASK_MS = 50;

const ANSWER = `The parser reads **one line** at a time, so that \`next()\` is cheap.

- first the header, which names the columns
- then every row
- at last the sums, which are kept until somebody asks for them
`;

/** A conversation on the disk, half typed turns and half spoken lines; named by its first words. */
async function write(store: ThreadStore, name: string, entries: number): Promise<void> {
  const id = crypto.randomUUID();
  const journal = store.create({
    id,
    createdAtMs: systemClock.nowMs(),
    cwd: '/',
    model: 'practice-text',
    modelProvider: 'practice',
    originator: 'bench',
    source: 'bench',
    threadSource: null,
  });
  for (let index = 0; index < entries; index += 2) {
    const turn: Turn = {
      id: `turn-${index}`,
      rootTurnId: `turn-${index}`,
      items: [],
      itemsView: 'notLoaded',
      status: 'completed',
      error: null,
      startedAt: 1_700_000_000,
      completedAt: 1_700_000_001,
      durationMs: 1000,
    };
    const turnId = turn.id;
    const times = { startedAtMs: 1_700_000_000_000, completedAtMs: 1_700_000_001_000 };
    const records: readonly ThreadRecord[] = [
      { type: 'turnStarted', turn: { ...turn, status: 'inProgress' } },
      {
        type: 'item',
        turnId,
        item: {
          type: 'userMessage',
          id: `asked-${index}`,
          ...times,
          clientId: null,
          content: [{ type: 'text', text: `${name}, entry ${index} of it`, text_elements: [] }],
        },
      },
      {
        type: 'item',
        turnId,
        item: {
          type: 'agentMessage',
          id: `answer-${index}`,
          ...times,
          text: ANSWER,
          phase: null,
          memoryCitation: null,
        },
      },
      { type: 'turnCompleted', turn },
      {
        type: 'realtime',
        item: {
          type: 'transcriptSegment',
          id: `line-${index}`,
          realtimeSessionId: 'session',
          role: 'user',
          text: `Spoken words, entry ${index + 1} of it`,
        },
      },
    ];
    for (const record of records) void journal.append(record);
  }
  journal.setPreview(name);
  await journal.flush();
  await journal.close();
}

async function writeAll(home: string, names: ReadonlyMap<string, number>): Promise<void> {
  const log = createFileLogger({ home, clock: systemClock, level: 'silent' });
  const store = openThreadStore(home, { clock: systemClock, log });
  for (const [name, entries] of names) await write(store, name, entries);
  await store.close();
}

type Opening = { readonly newestMs: number; readonly oldestMs: number };

/** Milliseconds from the click until the newest words stand on the page, and until the oldest can. */
async function open(page: Page, name: string, entries: number): Promise<Opening> {
  const row = page.getByRole('navigation', { name: 'Conversations' }).getByRole('button', { name });
  const clickedMs = await row.evaluate((button: HTMLElement) => {
    const atMs = performance.timeOrigin + performance.now();
    button.click();
    return atMs;
  });
  const newestAtMs = await shownAtMs(page, `entry ${entries - 1} of it`);
  const oldestAtMs = await page.evaluate(async (wanted) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const look = (): void => {
      const conversation = document.querySelector('#conversation');
      if (conversation?.textContent.includes(wanted) === true) {
        resolve(performance.timeOrigin + performance.now());
        return;
      }
      if (conversation !== null) conversation.scrollTop = 0;
      requestAnimationFrame(look);
    };
    look();
    return promise;
  }, `${name}, entry 0 of it`);
  return { newestMs: newestAtMs - clickedMs, oldestMs: oldestAtMs - clickedMs };
}

/** A long conversation is opened: how soon its end is there, and whether the page stays quick meanwhile. */
export const benchPageOpening: Benchmark = async ({ rounds }) => {
  await using stack = new AsyncDisposableStack();
  const count = Math.min(ROUNDS, rounds);
  const long = Array.from({ length: count + 1 }, (_, index) => `Long ${index}`);
  const short = Array.from({ length: count + 1 }, (_, index) => `Short ${index}`);
  const names = new Map([
    ...long.map((name) => [name, LONG_ENTRIES] as const),
    ...short.map((name) => [name, SHORT_ENTRIES] as const),
  ]);
  const host = stack.use(await startHost({ prepare: async (home) => writeAll(home, names) }));
  const browser = await launchBrowser();
  stack.defer(async () => browser.close());
  const oldestMs: number[] = [];
  const longTasksMs: number[] = [];
  const next = async (waiting: string[], entries: number): Promise<readonly number[]> => {
    const page = await openPage(browser, host.url);
    await resetNotes(page);
    const opening = await open(page, waiting.shift() ?? '', entries);
    if (entries === LONG_ENTRIES) {
      oldestMs.push(opening.oldestMs);
      longTasksMs.push((await readNotes(page)).longTasksMs[0] ?? 0);
    }
    await page.close();
    return [opening.newestMs];
  };
  const [longMs = [], shortMs = []] = await collectAlternately(
    [async () => next(long, LONG_ENTRIES), async () => next(short, SHORT_ENTRIES)],
    count,
  );
  const words = LONG_ENTRIES.toLocaleString('en');
  return [
    {
      what: `the newest end of a conversation of ${words} entries stands on the page`,
      unit: 'ms',
      ours: { value: median(longMs) },
      promised: { atMost: NEWEST_LIMIT_MS },
      against: [{ name: `one of ${SHORT_ENTRIES}`, value: median(shortMs) }],
    },
    {
      what: 'its first entry can be scrolled to',
      unit: 'ms',
      ours: { value: median(oldestMs) },
      promised: { atMost: OLDEST_LIMIT_MS },
      against: [],
    },
    {
      what: 'the longest task of the page meanwhile',
      unit: 'ms',
      ours: { value: median(longTasksMs), note: '0 when none took 50 ms' },
      promised: { atMost: LONGEST_TASK_MS },
      against: [],
    },
  ];
};
