import { join } from 'node:path';

import { type Clock, errorText, KeyedQueue } from '../base/index.ts';
import { Attachments } from './attachments.ts';
import { type IndexedThread, ThreadCatalog } from './catalog/index.ts';
import {
  ThreadArchivedError,
  ThreadFileError,
  ThreadOwnedError,
  ThreadStoreClosedError,
} from './errors.ts';
import { type JournalDisk, systemDisk } from './journalDisk.ts';
import { JournalFile, type JournalFileEvents, type JournalFileOptions } from './journalFile.ts';
import { JournalLease } from './journalLease.ts';
import { JournalReader } from './journalReader.ts';
import type { ReadJournal } from './journalReading.ts';
import { SavingNews, type SavingNewsPorts } from './savingNews.ts';
import { journalPath, ThreadFiles } from './threadFiles.ts';
import { type FoundIndexed, ThreadSearch } from './threadSearch.ts';
import { type Ownership, ThreadOwners } from './threadOwners.ts';
import {
  type FoundThread,
  type FoundThreads,
  type OpenedThread,
  type Journal,
  type SearchListeners,
  type StoredThread,
  type ThreadListQuery,
  type ThreadMeta,
  type ThreadPage,
  type ThreadRow,
  type ThreadSearchQuery,
  type ThreadStore,
} from './types.ts';

export type ThreadStoreOptions = SavingNewsPorts & {
  readonly clock: Clock;
  /** The computer's own unless a test brings another. */
  readonly disk?: JournalDisk;
};

/** The threads of a home folder. Nothing is read or created before it is needed. */
export function openThreadStore(home: string, options: ThreadStoreOptions): ThreadStore {
  return new FileThreadStore(home, options);
}

/**
 * How many files are kept open. Each is a descriptor, of which a process has a thousand by default; whoever has
 * more conversations at hand than this writes to few of them.
 */
const MAX_OPEN_FILES = 256;

type LiveJournal = { readonly file: JournalFile; holders: number };

class FileThreadStore implements ThreadStore {
  readonly #home: string;
  readonly #options: ThreadStoreOptions;
  readonly #catalog: ThreadCatalog;
  readonly #search: ThreadSearch;
  readonly #owners: ThreadOwners;
  readonly #attachments: Attachments;
  readonly #reader: JournalReader;
  /** Files that somebody holds or that are being closed; one per thread, or lines would mix. */
  readonly #live = new Map<string, LiveJournal>();
  /** Files that may be open, the one written to last at the end. */
  readonly #written = new Map<string, JournalFile>();
  readonly #files: ThreadFiles;
  /** One thing at a time per thread that opens, moves or removes its file. */
  readonly #perThread = new KeyedQueue();
  readonly #savingNews: SavingNews;
  #isClosed = false;

  constructor(home: string, options: ThreadStoreOptions) {
    this.#home = home;
    this.#options = options;
    this.#catalog = new ThreadCatalog(home, options.log, options.clock);
    const { log, clock } = options;
    this.#search = new ThreadSearch({ home, catalog: this.#catalog, log, clock });
    this.#savingNews = new SavingNews(options);
    this.#attachments = new Attachments(join(home, 'attachments'));
    this.#reader = new JournalReader(this.#attachments, options.log);
    this.#owners = new ThreadOwners(join(home, 'thread-owners'), options.log);
    this.#files = new ThreadFiles(home, this.#catalog, this.#owners);
  }

  create(meta: ThreadMeta): Journal {
    this.#checkOpen();
    this.#owners.prepare();
    const summary = { meta, updatedAtMs: meta.createdAtMs, preview: '', name: null };
    const path = journalPath(this.#home, meta);
    return this.#lease(this.#adopt({ path, summary, isOnDisk: false, ownership: undefined }));
  }

  async open(threadId: string): Promise<OpenedThread | undefined> {
    this.#checkOpen();
    return this.#perThread.run(threadId, async () => {
      const live = await this.#heldJournal(threadId);
      return live === undefined ? this.#openFromDisk(threadId) : this.#openLive(live);
    });
  }

  async read(threadId: string): Promise<StoredThread | undefined> {
    this.#checkOpen();
    const file = this.#live.get(threadId)?.file;
    await file?.flush();
    const path = file?.path ?? (await this.#files.placeOf(threadId))?.path;
    const decoded = path === undefined ? undefined : await this.#reader.read(path);
    this.#checkOpen();
    return path === undefined || decoded === undefined ? undefined : asStored(path, decoded);
  }

  isInUse(threadId: string): boolean {
    return this.#owners.isInUse(threadId);
  }

  async list(query: ThreadListQuery): Promise<ThreadPage> {
    await this.#flushAll();
    const page = await this.#catalog.list(query);
    return { ...page, rows: page.rows.map(toRow) };
  }

  async search(
    { term, ...query }: ThreadSearchQuery,
    { signal, onFound }: SearchListeners = {},
  ): Promise<FoundThreads> {
    await this.#flushAll();
    const page = await this.#search.search(query, term, {
      signal,
      onFound: onFound && ((found) => onFound(found.map(toFound))),
    });
    return { ...page, found: page.found.map(toFound) };
  }

  async #flushAll(): Promise<void> {
    this.#checkOpen();
    await Promise.all(Array.from(this.#live.values(), ({ file }) => file.flush()));
    this.#checkOpen();
  }

  archive(threadId: string): Promise<boolean> {
    return this.#whereClosed(threadId, 'archived', async () => this.#files.archive(threadId));
  }

  unarchive(threadId: string): Promise<ThreadRow | undefined> {
    return this.#whereClosed(threadId, 'taken back', async () => {
      const row = await this.#files.unarchive(threadId);
      return row && toRow(row);
    });
  }

  delete(threadId: string): Promise<boolean> {
    return this.#whereClosed(threadId, 'deleted', async () => {
      const isDeleted = await this.#files.delete(threadId);
      if (isDeleted) this.#search.noteChange();
      return isDeleted;
    });
  }

  unsaved(threadId: string): string | undefined {
    return this.#savingNews.unsaved(threadId);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#live.values(), ({ file }) => file.close()));
    // What a silent disk holds back may still be written: it is this process's until that ends.
    if (this.#live.size === 0) this.#owners.close();
    await this.#search.close();
    this.#catalog.close();
  }

  /** Does something to the file of a thread that nobody here has open. */
  async #whereClosed<Value>(
    threadId: string,
    what: string,
    work: () => Promise<Value>,
  ): Promise<Value> {
    this.#checkOpen();
    return this.#perThread.run(threadId, async () => {
      const live = await this.#heldJournal(threadId);
      this.#checkOpen();
      if (live !== undefined) throw new ThreadFileError(threadId, what, new Error('it is open'));
      return work();
    });
  }

  async #openLive(live: LiveJournal): Promise<OpenedThread | undefined> {
    // Taken before reading, so that the file cannot be closed meanwhile.
    const journal = this.#lease(live);
    await journal.flush();
    const decoded = await this.#reader.read(journal.path);
    if (decoded !== undefined && !this.#isClosed) {
      return { ...asStored(journal.path, decoded), journal };
    }
    await journal.close();
    this.#checkOpen();
    return undefined;
  }

  async #openFromDisk(threadId: string): Promise<OpenedThread | undefined> {
    const place = await this.#files.placeOf(threadId);
    if (place === undefined) return undefined;
    if (place.isArchived) throw new ThreadArchivedError(threadId);
    const { path } = place;
    // Only a file that is there is claimed: then whoever makes one has announced it before.
    const ownership = await this.#claim(threadId);
    const decoded = await this.#reader.read(path);
    if (decoded?.meta.id !== threadId || this.#isClosed) {
      await ownership?.release();
      this.#checkOpen();
      return undefined;
    }
    const { meta, updatedAtMs, preview, name } = decoded;
    const summary = { meta, updatedAtMs, preview, name };
    const journal = this.#lease(this.#adopt({ path, summary, isOnDisk: true, ownership }));
    return { ...asStored(path, decoded), journal };
  }

  /** undefined where a disk refuses: the thread can be opened, and its first write tries again. */
  async #claim(threadId: string): Promise<Ownership | undefined> {
    try {
      return await this.#owners.claim(threadId);
    } catch (error) {
      if (error instanceof ThreadOwnedError || this.#isClosed) throw error;
      this.#options.log.warn({ threadId, reason: errorText(error) }, 'thread not claimed yet');
      return undefined;
    }
  }

  /** The thread's file if somebody holds it; waits for one that is just being closed. */
  async #heldJournal(threadId: string): Promise<LiveJournal | undefined> {
    for (;;) {
      const live = this.#live.get(threadId);
      if (live === undefined || live.holders > 0) return live;
      await live.file.end();
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

  #adopt(
    start: Pick<JournalFileOptions, 'path' | 'summary' | 'isOnDisk' | 'ownership'>,
  ): LiveJournal {
    const { clock, disk = systemDisk } = this.#options;
    const { id } = start.summary.meta;
    const own = async (): Promise<Ownership> =>
      start.isOnDisk ? this.#owners.claim(id) : this.#owners.announce(id);
    const file = new JournalFile({
      ...start,
      own,
      disk,
      attachments: this.#attachments,
      clock,
      events: this.#eventsOf(id),
    });
    const live = { file, holders: 0 };
    this.#live.set(id, live);
    return live;
  }

  #eventsOf(threadId: string): JournalFileEvents {
    return {
      ...this.#savingNews.of(threadId),
      onWritten: (writtenPath, written, sizeBytes) => {
        this.#catalog.note(writtenPath, written, sizeBytes);
        this.#search.noteChange();
        this.#restOthers(threadId);
      },
      onClosed: () => {
        this.#live.delete(threadId);
        this.#written.delete(threadId);
        this.#savingNews.forget(threadId);
      },
    };
  }

  /** This thread's file is open; of too many, the one that was not written to for longest rests. */
  #restOthers(threadId: string): void {
    const file = this.#live.get(threadId)?.file;
    if (file === undefined) return;
    this.#written.delete(threadId);
    this.#written.set(threadId, file);
    if (this.#written.size <= MAX_OPEN_FILES) return;
    for (const [otherId, other] of this.#written) {
      this.#written.delete(otherId);
      void other.rest();
      return;
    }
  }
}

function asStored(path: string, decoded: ReadJournal): StoredThread {
  const { meta, updatedAtMs, preview, name, records } = decoded;
  return { meta, updatedAtMs, preview, name, path, records };
}

function toRow({ meta, updatedAtMs, preview, name, path, isArchived }: IndexedThread): ThreadRow {
  return { ...meta, updatedAtMs, preview, name, path, isArchived };
}

const toFound = ({ row, snippet }: FoundIndexed): FoundThread => ({ row: toRow(row), snippet });
