import type { Thread } from '../../../core/protocol/index.ts';

export type ThreadRow = {
  readonly id: string;
  readonly title: string;
  readonly updatedAtMs: number;
};

export type Threads = {
  readonly rows: readonly ThreadRow[];
  readonly currentId: string | undefined;
  /** True while the open thread's history is on its way. */
  readonly loading: boolean;
  /** Who answers in the open thread, once known. */
  readonly provider: string | undefined;
  readonly model: string | undefined;
};

export const noThreads: Threads = {
  rows: [],
  currentId: undefined,
  loading: false,
  provider: undefined,
  model: undefined,
};

const UNNAMED = 'New conversation';

export function toRow(thread: Thread): ThreadRow {
  const title = (thread.name ?? thread.preview).trim().replaceAll(/\s+/gu, ' ');
  return {
    id: thread.id,
    title: title === '' ? UNNAMED : title,
    updatedAtMs: thread.recencyAt * 1000,
  };
}

/** Adds a row at the top, or brings the one that is there up to date without moving it. */
export function withRow(threads: Threads, row: ThreadRow): Threads {
  const index = threads.rows.findIndex((known) => known.id === row.id);
  const known = threads.rows[index];
  if (known === undefined) return { ...threads, rows: [row, ...threads.rows] };
  // News of a thread may be older than the words it was named by here.
  const title = row.title === UNNAMED ? known.title : row.title;
  return { ...threads, rows: threads.rows.with(index, { ...row, title }) };
}

/** An unnamed conversation is called by its first words. */
export function nameByFirstWords(threads: Threads, threadId: string, text: string): Threads {
  const index = threads.rows.findIndex((row) => row.id === threadId);
  const row = threads.rows[index];
  if (row === undefined || row.title !== UNNAMED || text.trim() === '') return threads;
  const title = text.trim().replaceAll(/\s+/gu, ' ').slice(0, 80);
  return { ...threads, rows: threads.rows.with(index, { ...row, title }) };
}

/** The engine calls it so from now on, by a name it was given or one made of its first words. */
export function renamed(threads: Threads, threadId: string, name: string): Threads {
  const index = threads.rows.findIndex((row) => row.id === threadId);
  const row = threads.rows[index];
  return row === undefined
    ? threads
    : { ...threads, rows: threads.rows.with(index, { ...row, title: name }) };
}

/** It was put away or deleted, by whatever client. */
export function withoutRow(threads: Threads, threadId: string): Threads {
  return { ...threads, rows: threads.rows.filter((row) => row.id !== threadId) };
}

const DAY_MS = 86_400_000;

export type ThreadGroup = { readonly label: string; readonly rows: readonly ThreadRow[] };

/** Rows under the words people use for time, newest first. */
export function groupByDay(rows: readonly ThreadRow[], nowMs: number): readonly ThreadGroup[] {
  const midnight = new Date(nowMs).setHours(0, 0, 0, 0);
  const labelOf = (atMs: number): string => {
    if (atMs >= midnight) return 'Today';
    if (atMs >= midnight - DAY_MS) return 'Yesterday';
    return atMs >= midnight - 7 * DAY_MS ? 'Last seven days' : 'Earlier';
  };
  const groups = new Map<string, ThreadRow[]>();
  for (const row of rows.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs)) {
    const label = labelOf(row.updatedAtMs);
    groups.set(label, [...(groups.get(label) ?? []), row]);
  }
  return Array.from(groups, ([label, grouped]) => ({ label, rows: grouped }));
}
