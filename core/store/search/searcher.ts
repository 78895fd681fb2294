import { setImmediate as comingRound } from 'node:timers/promises';

import { errorText } from '../../base/index.ts';
import { deleteIndexFile, ThreadIndex } from '../catalog/index.ts';
import type { ThreadListQuery } from '../types.ts';
import type { SearchReply, SearchRequest, SearchWorkerData } from './messages.ts';
import { WordIndex } from './wordIndex.ts';

const MEMORY = ':memory:';
/** What is said of a search on its way; the page at its end has the rest. */
const MAX_SAID_EARLY = 100;
const SQLITE_BUSY = 5;

type Opened = { readonly threads: ThreadIndex; readonly words: WordIndex };
type Job = Exclude<SearchRequest, { type: 'cancel' }>;

/**
 * Serves searches one after the other: first what has grown is read, in steps between which it hears what else it is
 * told, then the page is looked up. An index of words that fails is made anew, at last in memory.
 */
export class Searcher {
  readonly #data: SearchWorkerData;
  readonly #reply: (reply: SearchReply) => void;
  #wordsFile: string;
  #wasDeleted = false;
  #opened: Opened | undefined;
  readonly #cancelled = new Set<number>();
  readonly #owed = new Set<number>();
  #last: Promise<void> = Promise.resolve();

  constructor(data: SearchWorkerData, reply: (reply: SearchReply) => void) {
    this.#data = data;
    this.#reply = reply;
    this.#wordsFile = data.threadsFile === undefined ? MEMORY : data.wordsFile;
  }

  take(request: SearchRequest): void {
    if (request.type === 'cancel') {
      if (this.#owed.has(request.id)) this.#cancelled.add(request.id);
      return;
    }
    this.#owed.add(request.id);
    this.#last = this.#serveAfter(this.#last, request);
  }

  async #serveAfter(before: Promise<void>, job: Job): Promise<void> {
    await before;
    await this.#serve(job);
    this.#owed.delete(job.id);
    this.#cancelled.delete(job.id);
  }

  /** Never rejects. */
  async #serve(job: Job): Promise<void> {
    const { id } = job;
    const early = new Set<string>();
    while (!this.#cancelled.has(id)) {
      try {
        this.#reply(await this.#work(job, early));
        return;
      } catch (error) {
        if (this.#wordsFile === MEMORY) {
          this.#close();
          this.#reply({ type: 'failed', id, reason: errorText(error) });
          return;
        }
        this.#reply({ type: 'anew', reason: errorText(error) });
        this.#startAnew();
      }
    }
  }

  async #work(job: Job, early: Set<string>): Promise<SearchReply> {
    const { threads, words } = this.#open();
    const { id, rows } = job;
    if (rows !== undefined) threads.take(rows);
    await this.#patiently(job, () => {
      words.look(rows !== undefined);
    });
    let readIds: readonly string[] | undefined = [];
    while (readIds !== undefined && !this.#cancelled.has(id)) {
      if (job.type === 'search' && job.isStreamed) this.#sayEarly(job, readIds, early);
      readIds = await this.#patiently(job, () => words.readSome());
    }
    if (job.type === 'read' || this.#cancelled.has(id)) return { type: 'read', id };
    return { type: 'page', id, page: words.find(job.query, job.term) };
  }

  /** Others may write for long; who gives up waits no more. */
  async #patiently<Value>({ id }: Job, write: () => Value): Promise<Value | undefined> {
    for (;;) {
      await comingRound();
      if (this.#cancelled.has(id)) return undefined;
      try {
        return write();
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
    }
  }

  #sayEarly(
    { id, query, term }: Extract<Job, { type: 'search' }>,
    readIds: readonly string[],
    early: Set<string>,
  ): void {
    const news = readIds.filter((threadId) => !early.has(threadId));
    if (news.length === 0 || early.size >= MAX_SAID_EARLY) return;
    const { cursor: _, ...rest } = query;
    const among: ThreadListQuery = { ...rest, limit: MAX_SAID_EARLY, includedIds: news };
    const { found } = this.#open().words.find(among, term);
    if (found.length === 0) return;
    for (const { row } of found) early.add(row.meta.id);
    this.#reply({ type: 'found', id, found });
  }

  #open(): Opened {
    if (this.#opened !== undefined) return this.#opened;
    const { home, threadsFile = MEMORY } = this.#data;
    const threads = new ThreadIndex(threadsFile);
    try {
      this.#opened = { threads, words: new WordIndex(home, threads, this.#wordsFile) };
    } catch (error) {
      threads.close();
      throw error;
    }
    return this.#opened;
  }

  /** Deletes the index of words; when that is impossible or has been tried before, memory has to do. */
  #startAnew(): void {
    this.#close();
    try {
      if (!this.#wasDeleted) deleteIndexFile(this.#wordsFile);
      else this.#wordsFile = MEMORY;
    } catch {
      this.#wordsFile = MEMORY;
    }
    this.#wasDeleted = true;
  }

  #close(): void {
    this.#opened?.threads.close();
    this.#opened = undefined;
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
