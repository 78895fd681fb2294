import { mkdtempDisposable, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';

import { createFileLogger, systemClock } from '../../core/platform/index.ts';
import { type JournalRecord, openThreadStore, type ThreadMeta } from '../../core/store/index.ts';
import { type Contestant, Field } from './contestant.ts';
import {
  type Benchmark,
  type BenchOptions,
  type BenchRow,
  collectAlternately,
  type Comparison,
  measureAlternately,
  middleOf,
} from './row.ts';
import { compare } from './rowOf.ts';
import { answerFrames } from './textTurn.ts';

const COMPLETED_LIMIT = 6;
const COMPLETED_ROUNDS = 40;
/** What the journal writes for a short answer: the item, and what the model is told of it. */
const ANSWER_BYTES = 600;

const RECORDS = 100_000;
const RECORDS_A_STEP = 1000;
const APPEND_ROUNDS = 3;
const APPEND_LIMIT = 0.5;

/** What it costs that records are on the disk before clients are told, and how fast they get there. */
export const benchJournal: Benchmark = async ({ rounds, ...rivals }) => [
  await completed(rivals, Math.min(COMPLETED_ROUNDS, rounds)),
  await appends(Math.min(APPEND_ROUNDS, rounds)),
];

async function completed(
  rivals: Pick<BenchOptions, 'before' | 'peer'>,
  rounds: number,
): Promise<BenchRow> {
  await using field = await Field.start({ ...rivals, relay: false });
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-bench-'));
  await using file = await open(join(folder.path, 'floor.jsonl'), 'a');
  const bytes = Buffer.alloc(ANSWER_BYTES, 'x');
  const bare = async (): Promise<readonly number[]> => {
    const beganMs = performance.now();
    await file.write(bytes);
    await file.datasync();
    return [performance.now() - beganMs];
  };
  const programs = field.contestants.map((contestant) => async () => [await answered(contestant)]);
  const [floor = [], ...measured] = await collectAlternately([bare, ...programs], rounds);
  const row = compare(
    {
      what: 'provider ends an item to item/completed, its record synced, p50',
      unit: 'ms',
      // A commit that told first and wrote later, unsynced, is no measure: what it told a crash could take back.
      promisesMore: true,
    },
    field.contestants.map(({ name }, index) => [name, middleOf(measured[index] ?? [])]),
  );
  const syncing: Comparison = {
    name: 'a bare write and fdatasync',
    ...middleOf(floor),
    promised: { atMost: COMPLETED_LIMIT },
  };
  return { ...row, against: [syncing, ...row.against] };
}

/** From the end of a message at the provider to its completion at the client, in milliseconds. */
async function answered(contestant: Contestant): Promise<number> {
  const { link, messages } = contestant;
  const { head, tail } = answerFrames('Done.');
  const responding = Promise.withResolvers<{ end(text: string): void }>();
  link.answerText = (response) => {
    response.write(head);
    responding.resolve(response);
  };
  const delta = messages.next('first delta', ({ method }) => method === 'item/agentMessage/delta');
  const turn = messages.next('turn/completed', ({ method }) => method === 'turn/completed');
  contestant.write(
    contestant.prepare('turn/start', [
      { input: [{ type: 'text', text: 'Hello', text_elements: [] }] },
    ]).lines[0] ?? '',
  );
  const [response] = await Promise.all([responding.promise, delta]);
  const item = messages.next('item/completed', ({ method }) => method === 'item/completed');
  const endedMs = performance.now();
  response.end(tail);
  const { atMs } = await item;
  await turn;
  link.answerText = undefined;
  return atMs - endedMs;
}

async function appends(rounds: number): Promise<BenchRow> {
  const records = Array.from({ length: RECORDS }, (_, index) => recordOf(index));
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-bench-'));
  let files = 0;
  const rate = async (write: (name: string) => Promise<void>): Promise<number> => {
    files += 1;
    const beganMs = performance.now();
    await write(String(files));
    return (RECORDS * 1000) / (performance.now() - beganMs);
  };
  const log = createFileLogger({ home: folder.path, clock: systemClock, level: 'silent' });
  const store = openThreadStore(folder.path, { clock: systemClock, log });
  const throughJournal = async (id: string): Promise<void> => {
    const journal = store.create(metaOf(id));
    let durable = Promise.resolve();
    for (const [index, record] of records.entries()) {
      durable = journal.append(record);
      if (index % RECORDS_A_STEP === 0) await nextTick();
    }
    await durable;
    await journal.close();
  };
  const bare = async (id: string): Promise<void> => {
    await using file = await open(join(folder.path, id), 'a');
    for (let start = 0; start < RECORDS; start += RECORDS_A_STEP) {
      const step = records.slice(start, start + RECORDS_A_STEP);
      await file.write(step.map((record) => `${JSON.stringify(record)}\n`).join(''));
      await file.datasync();
    }
  };
  const [ours = 0, floor = 0] = await measureAlternately(
    [async () => rate(throughJournal), async () => rate(bare)],
    rounds,
  );
  await store.close();
  return {
    what: `records appended to a journal, ${RECORDS.toLocaleString('en')} until the last is durable`,
    unit: 'a second',
    ours: { value: ours },
    against: [
      {
        name: 'JSON, write and fdatasync in steps of a thousand',
        value: floor,
        promised: { atLeast: APPEND_LIMIT },
      },
    ],
  };
}

function recordOf(index: number): JournalRecord {
  return { type: 'item', turnId: 'turn', item: { id: index, type: 'agentMessage', text: 'Done.' } };
}

function metaOf(id: string): ThreadMeta {
  return {
    id,
    createdAtMs: systemClock.nowMs(),
    cwd: '/',
    model: 'bench',
    modelProvider: 'bench',
    originator: 'bench',
    source: 'bench',
    threadSource: null,
  };
}
