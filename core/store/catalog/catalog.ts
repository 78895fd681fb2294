import { open, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { type Clock, errorText, hasCode, ProductError, type Timer } from '../../base/index.ts';
import type { Logger } from '../../platform/index.ts';
import {
  HEAD_BYTES,
  JournalTooLargeError,
  looksLikeJournal,
  MAX_JOURNAL_BYTES,
  type ThreadSummary,
  summarizeJournal,
} from '../journalLines.ts';
import {
  type CopiedRow,
  deleteIndexFile,
  type IndexedThread,
  type IndexPage,
  ThreadIndex,
  type ThreadPlace,
} from './threadIndex.ts';
import { ThreadStoreClosedError } from '../errors.ts';
import type { ThreadListQuery } from '../types.ts';

const MEMORY = ':memory:';

/** Where threads lie in the home, by day. */
export const SESSIONS = 'sessions';
/** Threads that were put away, all in one folder, as the peer keeps them. */
export const ARCHIVE = 'archived_sessions';
const FOLDERS = [SESSIONS, ARCHIVE];

/** How many files are looked at together. */
const BATCH_FILES = 64;

/**
 * Opening the index takes ten milliseconds, which are not to fall into somebody's first turn, and writing
 * it a tenth of one, which is not to fall on every record. Whoever asks gets what is noted all the same.
 */
const NOTING_DELAY_MS = 300;

type Noted = { readonly summary: ThreadSummary; readonly sizeBytes: number };

/** The index of threads as another thread of this process can have it. */
export type IndexSource = {
  readonly file: string | undefined;
  /** Of one that is in memory. */
  readonly rows: readonly CopiedRow[] | undefined;
  /** Another number is another file, though its name may be the same. */
  readonly generation: number;
};

type Change =
  | { readonly path: string; readonly summary: ThreadSummary; readonly sizeBytes: number }
  | { readonly path: string; readonly summary: undefined };

/**
 * The index together with the files it stands for. Before the first question it is compared with the
 * files, so whatever a crash, another process or another version left behind is made good; an index
 * that fails is made anew, at last in memory. Paths are relative to the home folder, which may move.
 */
export class ThreadCatalog {
  readonly #home: string;
  readonly #log: Logger;
  readonly #clock: Pick<Clock, 'after'>;
  #indexPath: string;
  #index: ThreadIndex | undefined;
  /** Grows whenever the index is made anew, so that two failures of one index count as one. */
  #generation = 0;
  #reconciled: Promise<void> | undefined;
  /** Files written while the comparison runs; what it read of them may be older. */
  readonly #justWritten = new Set<string>();
  /** What was written and is not in the index yet. */
  readonly #noted = new Map<string, Noted>();
  #noting: Timer | undefined;
  #isClosed = false;

  constructor(home: string, log: Logger, clock: Pick<Clock, 'after'>) {
    this.#home = home;
    this.#log = log;
    this.#clock = clock;
    this.#indexPath = join(home, 'threads.sqlite');
  }

  /** Notes what has been written to a file. Never throws: the next question would find it anyway. */
  note(absolutePath: string, summary: ThreadSummary, sizeBytes: number): void {
    if (this.#isClosed) return;
    this.#noted.set(relative(this.#home, absolutePath), { summary, sizeBytes });
    this.#noting ??= this.#clock.after(NOTING_DELAY_MS, this.#writeNoted);
  }

  async list(query: ThreadListQuery): Promise<IndexPage> {
    const page = await this.#ask((index) => index.list(query));
    return { ...page, rows: page.rows.map((row) => this.withAbsolutePath(row)) };
  }

  /**
   * Asks something of the index elsewhere, compared with the files as for any question. What it throws on purpose is
   * the answer; any other failure is the index's, and it is asked once more of one that was made anew.
   */
  async askElsewhere<Answer>(question: (source: IndexSource) => Promise<Answer>): Promise<Answer> {
    return this.#ask(async (index) => {
      const isInMemory = this.#indexPath === MEMORY;
      return question({
        file: isInMemory ? undefined : this.#indexPath,
        rows: isInMemory ? index.copy() : undefined,
        generation: this.#generation,
      });
    });
  }

  /** With an absolute path. */
  async placeOf(threadId: string): Promise<ThreadPlace | undefined> {
    const place = await this.#ask((index) => index.placeOf(threadId));
    return place && { ...place, path: join(this.#home, place.path) };
  }

  async rowOf(threadId: string): Promise<IndexedThread | undefined> {
    const row = await this.#ask((index) => index.rowOf(threadId));
    return row && this.withAbsolutePath(row);
  }

  /** A file lies elsewhere now. Never throws. */
  moved(from: string, to: string): void {
    const [path, newPath] = [relative(this.#home, from), relative(this.#home, to)];
    this.#change([path, newPath], (index) => {
      index.move(path, placeAt(newPath));
    });
  }

  /** A file is gone. Never throws. */
  removed(absolutePath: string): void {
    const path = relative(this.#home, absolutePath);
    this.#change([path], (index) => {
      index.remove(path);
    });
  }

  /** The files are not as the index has them: the next question compares once more. */
  compareAgain(): void {
    this.#reconciled = undefined;
  }

  close(): void {
    this.#writeNoted();
    this.#isClosed = true;
    this.#closeIndex();
  }

  async #ask<Answer>(question: (index: ThreadIndex) => Answer | Promise<Answer>): Promise<Answer> {
    for (;;) {
      const generation = this.#generation;
      try {
        this.#writeNoted();
        this.#reconciled ??= this.#reconcile();
        await this.#reconciled;
        return await question(this.#openIndex());
      } catch (error) {
        const isHopeless = this.#isClosed || this.#indexPath === MEMORY;
        if (error instanceof ProductError || isHopeless) throw error;
        this.#log.warn({ reason: errorText(error) }, 'thread index is made anew');
        if (generation === this.#generation) this.#startAnew();
      }
    }
  }

  #change(paths: readonly string[], write: (index: ThreadIndex) => void): void {
    this.#writeNoted();
    // What a comparison that runs has read of them is older.
    for (const path of paths) this.#justWritten.add(path);
    try {
      write(this.#openIndex());
    } catch (error) {
      this.#log.debug({ error }, 'thread index not updated');
      this.#reconciled = undefined;
    }
  }

  readonly #writeNoted = (): void => {
    this.#noting?.cancel();
    this.#noting = undefined;
    const noted = Array.from(this.#noted);
    this.#noted.clear();
    for (const [path, { summary, sizeBytes }] of noted) {
      try {
        this.#openIndex().put(placeAt(path), summary, sizeBytes);
        this.#justWritten.add(path);
      } catch (error) {
        this.#log.debug({ error }, 'thread index not updated');
        this.#reconciled = undefined;
      }
    }
  };

  #openIndex(): ThreadIndex {
    if (this.#isClosed) throw new ThreadStoreClosedError();
    this.#index ??= new ThreadIndex(this.#indexPath);
    return this.#index;
  }

  /** Deletes the index; when that is impossible or has been tried before, memory has to do. */
  #startAnew(): void {
    this.#generation += 1;
    this.#closeIndex();
    if (this.#generation === 1 && this.#tryToDelete()) return;
    this.#log.warn({}, 'thread index is kept in memory');
    this.#indexPath = MEMORY;
  }

  #tryToDelete(): boolean {
    try {
      deleteIndexFile(this.#indexPath);
      return true;
    } catch {
      return false;
    }
  }

  #closeIndex(): void {
    const index = this.#index;
    this.#index = undefined;
    this.#reconciled = undefined;
    index?.close();
  }

  async #reconcile(): Promise<void> {
    this.#justWritten.clear();
    const known = this.#openIndex().sizes();
    const files = await this.#journalFiles();
    const present = new Set(files);
    for (let start = 0; start < files.length; start += BATCH_FILES) {
      const batch = files.slice(start, start + BATCH_FILES);
      this.#apply(await Promise.all(batch.map((path) => this.#changeOf(path, known.get(path)))));
    }
    this.#apply(
      Array.from(known.keys())
        .filter((path) => !present.has(path))
        .map((path) => ({ path, summary: undefined })),
    );
  }

  #apply(changes: readonly (Change | undefined)[]): void {
    const real = changes
      .filter((change) => change !== undefined)
      .filter(({ path }) => !this.#justWritten.has(path));
    if (real.length === 0) return;
    const index = this.#openIndex();
    index.together(() => {
      for (const change of real) {
        if (change.summary === undefined) index.remove(change.path);
        else index.put(placeAt(change.path), change.summary, change.sizeBytes);
      }
    });
  }

  async #journalFiles(): Promise<readonly string[]> {
    const folders = await Promise.all(FOLDERS.map((folder) => this.#journalFilesIn(folder)));
    return folders.flat();
  }

  async #journalFilesIn(folder: string): Promise<readonly string[]> {
    try {
      const names = await readdir(join(this.#home, folder), { recursive: true });
      return names
        .filter((name) => /(?:^|[\\/])rollout-[^\\/]*\.jsonl$/.test(name))
        .map((name) => join(folder, name));
    } catch (error) {
      const isAbsent = hasCode(error, 'ENOENT');
      if (!isAbsent)
        this.#log.warn({ folder, reason: errorText(error) }, 'sessions cannot be listed');
      return [];
    }
  }

  /** What the index has to learn about a file; undefined when there is nothing. */
  async #changeOf(path: string, knownBytes: number | undefined): Promise<Change | undefined> {
    try {
      const facts = await stat(join(this.#home, path));
      if (facts.size === knownBytes) return undefined;
      // Opening a pipe would wait for somebody to write into it.
      if (!facts.isFile()) return { path, summary: undefined };
      if (facts.size > MAX_JOURNAL_BYTES) throw new JournalTooLargeError();
      await using file = await open(join(this.#home, path), 'r');
      const head = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      if (!looksLikeJournal(head.buffer.toString('utf8'))) {
        return knownBytes === undefined ? undefined : { path, summary: undefined };
      }
      const content = await file.readFile();
      const summary = summarizeJournal(content.toString('utf8'));
      if (summary !== undefined) return { path, summary, sizeBytes: content.byteLength };
      this.#log.warn({ path }, 'thread file does not say whose it is');
      return { path, summary };
    } catch (error) {
      this.#log.warn({ path, reason: errorText(error) }, 'thread file cannot be read');
      return { path, summary: undefined };
    }
  }

  /** A row as others of this process can use it. */
  withAbsolutePath(row: IndexedThread): IndexedThread {
    return { ...row, path: join(this.#home, row.path) };
  }
}

function placeAt(path: string): ThreadPlace {
  return { path, isArchived: path.startsWith(ARCHIVE) };
}
