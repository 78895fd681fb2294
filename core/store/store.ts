import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Clock, errorText } from '../base/index.ts';
import type { Logger } from '../platform/index.ts';
import { ThreadCatalog } from './catalog.ts';
import { decodeJournal, type ThreadSummary } from './journalLines.ts';
import { JournalFile } from './journalFile.ts';
import { JournalLease } from './journalLease.ts';
import type { IndexedThread } from './threadIndex.ts';
import {
  type OpenedThread,
  type Journal,
  type ThreadListQuery,
  type ThreadMeta,
  type ThreadPage,
  type ThreadRow,
  type ThreadStore,
  ThreadStoreClosedError,
} from './types.ts';

export type ThreadStoreOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  /** One sentence when conversations cannot be saved; again only after saving had worked. */
  readonly onWarning?: (message: string) => void;
};

/** The threads of a home folder. Nothing is read or created before it is needed. */
export function openThreadStore(home: string, options: ThreadStoreOptions): ThreadStore {
  return new FileThreadStore(home, options);
}

type LiveJournal = { readonly file: JournalFile; holders: number };

class FileThreadStore implements ThreadStore {
  readonly #home: string;
  readonly #options: ThreadStoreOptions;
  readonly #catalog: ThreadCatalog;
  /** Files that somebody holds or that are being closed; one per thread, or lines would mix. */
  readonly #live = new Map<string, LiveJournal>();
  /** The last `open` of each thread that is under way; they go one after the other. */
  readonly #opening = new Map<string, Promise<unknown>>();
  #isFailing = false;
  #isClosed = false;

  constructor(home: string, options: ThreadStoreOptions) {
    this.#home = home;
    this.#options = options;
    this.#catalog = new ThreadCatalog(home, options.log, options.clock);
  }

  create(meta: ThreadMeta): Journal {
    this.#checkOpen();
    const summary = { meta, updatedAtMs: meta.createdAtMs, preview: '', name: null };
    return this.#lease(this.#adopt(journalPath(this.#home, meta), summary, false));
  }

  async open(threadId: string): Promise<OpenedThread | undefined> {
    this.#checkOpen();
    const earlier = this.#opening.get(threadId);
    const opening = this.#openAfter(earlier, threadId);
    this.#opening.set(threadId, opening);
    try {
      return await opening;
    } finally {
      if (this.#opening.get(threadId) === opening) this.#opening.delete(threadId);
    }
  }

  async list(query: ThreadListQuery): Promise<ThreadPage> {
    this.#checkOpen();
    await Promise.all(Array.from(this.#live.values(), ({ file }) => file.flush()));
    this.#checkOpen();
    const page = await this.#catalog.list(query);
    return { ...page, rows: page.rows.map(toRow) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#live.values(), ({ file }) => file.close()));
    this.#catalog.close();
  }

  async #openAfter(
    earlier: Promise<unknown> | undefined,
    threadId: string,
  ): Promise<OpenedThread | undefined> {
    // How the earlier one ended is the business of who asked for it.
    await Promise.allSettled([earlier]);
    const live = await this.#heldJournal(threadId);
    // Taken before reading, so that the file cannot be closed meanwhile.
    const lease = live === undefined ? undefined : this.#lease(live);
    await lease?.flush();
    const path = lease?.path ?? (await this.#catalog.pathOf(threadId));
    const decoded = path === undefined ? undefined : await this.#read(path);
    if (path === undefined || decoded === undefined || this.#isClosed) {
      await lease?.close();
      this.#checkOpen();
      return undefined;
    }
    const { records, damagedLines, ...summary } = decoded;
    if (damagedLines > 0) {
      this.#options.log.warn({ path, damagedLines }, 'damaged lines of a thread passed over');
    }
    const { meta, updatedAtMs, preview, name } = summary;
    const journal = lease ?? this.#lease(this.#adopt(path, summary, true));
    return { meta, updatedAtMs, preview, name, records, journal };
  }

  /** The thread's file if somebody holds it; waits for one that is just being closed. */
  async #heldJournal(threadId: string): Promise<LiveJournal | undefined> {
    for (;;) {
      const live = this.#live.get(threadId);
      if (live === undefined || live.holders > 0) return live;
      await live.file.close();
    }
  }

  #lease(live: LiveJournal): Journal {
    live.holders += 1;
    return new JournalLease(live.file, () => {
      live.holders -= 1;
      return live.holders === 0 ? live.file.close() : live.file.flush();
    });
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ThreadStoreClosedError();
  }

  async #read(path: string): Promise<ReturnType<typeof decodeJournal>> {
    try {
      return decodeJournal(await readFile(path, 'utf8'));
    } catch (error) {
      // A thread that was never used has none, and a person may have deleted one.
      const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      const level = isAbsent ? 'debug' : 'warn';
      this.#options.log[level]({ path, reason: errorText(error) }, 'thread file cannot be read');
      return undefined;
    }
  }

  #adopt(path: string, summary: ThreadSummary, isOnDisk: boolean): LiveJournal {
    const { id } = summary.meta;
    const file = new JournalFile(path, { summary, isOnDisk }, this.#options.clock, {
      onWritten: (writtenPath, written, sizeBytes) => {
        this.#recovered();
        this.#catalog.note(writtenPath, written, sizeBytes);
      },
      onWriteFailed: (failedPath, error) => {
        this.#failed(failedPath, errorText(error));
      },
      onGivenUp: (failedPath, reason) => {
        this.#options.log.error({ path: failedPath, reason }, 'thread is no longer saved');
      },
      onRecordRefused: (refusedPath, error) => {
        this.#options.log.error({ path: refusedPath, error }, 'record cannot be written as JSON');
      },
      onClosed: () => {
        this.#live.delete(id);
      },
    });
    const live = { file, holders: 0 };
    this.#live.set(id, live);
    return live;
  }

  #failed(path: string, reason: string): void {
    // Every record tries again, so only the first failure is news.
    this.#options.log[this.#isFailing ? 'debug' : 'warn']({ path, reason }, 'thread not saved');
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.onWarning?.(
      `Conversations cannot be saved (${reason}); they go on, but would be lost when Parley ends.`,
    );
  }

  #recovered(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#options.log.info({}, 'threads are saved again');
  }
}

function toRow({ meta, updatedAtMs, preview, name, path }: IndexedThread): ThreadRow {
  return { ...meta, updatedAtMs, preview, name, path };
}

/** By day, so that a folder stays of a size people can look through; times are UTC. */
function journalPath(home: string, { id, createdAtMs }: ThreadMeta): string {
  const created = new Date(createdAtMs).toISOString();
  const [year = '', month = '', day = ''] = created.slice(0, 10).split('-');
  const time = created.slice(0, 19).replaceAll(':', '-');
  return join(home, 'sessions', year, month, day, `rollout-${time}-${id}.jsonl`);
}
