import { Worker } from 'node:worker_threads';

import type { Clock, Timer } from '../../base/index.ts';
import type { Logger } from '../../platform/index.ts';
import type { CopiedRow } from '../catalog/index.ts';
import { SearchCancelledError, SearchStoppedError } from '../errors.ts';
import type { ThreadListQuery } from '../types.ts';
import type { SearchReply, SearchRequest, SearchWorkerData } from './messages.ts';
import type { FoundPage, FoundRow } from './wordIndex.ts';

// The build turns this into the address of the worker's own bundle.
const WORKER_URL = new URL('./searchWorker.ts', import.meta.url);
/** Who searches does so again soon, or not for hours: then the memory is worth more than the start. */
const REST_MS = 60_000;

export type SearchThreadOptions = {
  readonly home: string;
  /** The file of the index of threads; undefined where it is in memory, and comes with each request. */
  readonly threadsFile: string | undefined;
  readonly wordsFile: string;
  readonly log: Logger;
  readonly clock: Pick<Clock, 'after'>;
};

export type Search = {
  readonly query: ThreadListQuery;
  readonly term: string;
  readonly rows: readonly CopiedRow[] | undefined;
  /** What is found on the way is said to it; never after the page. */
  readonly onFound: ((found: readonly FoundRow[]) => void) | undefined;
  readonly signal: AbortSignal | undefined;
};

type Owed = {
  readonly onFound: ((found: readonly FoundRow[]) => void) | undefined;
  readonly resolve: (page: FoundPage | undefined) => void;
  readonly reject: (error: Error) => void;
};

/**
 * The thread in which words are read and looked up, so that neither keeps a conversation waiting. Started with the
 * first search, ended when none has come for long; keeps the process alive only while it owes an answer.
 */
export class SearchThread {
  readonly #options: SearchThreadOptions;
  #worker: Worker | undefined;
  readonly #owed = new Map<number, Owed>();
  #nextId = 1;
  #rest: Timer | undefined;
  #isClosed = false;

  constructor(options: SearchThreadOptions) {
    this.#options = options;
  }

  /** Rejects with SearchCancelledError once the signal says so, and with the reason where the indexes cannot be used. */
  async search({ query, term, rows, onFound, signal }: Search): Promise<FoundPage> {
    if (signal?.aborted === true) throw new SearchCancelledError();
    const id = this.#newId();
    const cancel = (): void => {
      this.#owed.get(id)?.reject(new SearchCancelledError());
      this.#worker?.postMessage({ type: 'cancel', id } satisfies SearchRequest);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const isStreamed = onFound !== undefined;
      const page = await this.#ask({ type: 'search', id, query, term, isStreamed, rows }, onFound);
      if (page === undefined) throw new SearchCancelledError();
      return page;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Reads what is new, so that the next search need not. */
  async readAhead(rows: readonly CopiedRow[] | undefined): Promise<void> {
    await this.#ask({ type: 'read', id: this.#newId(), rows }, undefined);
  }

  /** Ends the thread, and with it what it was at; closing twice does nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end(new SearchCancelledError());
  }

  #newId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }

  async #ask(request: SearchRequest, onFound: Owed['onFound']): Promise<FoundPage | undefined> {
    if (this.#isClosed) throw new SearchCancelledError();
    const { promise, resolve, reject } = Promise.withResolvers<FoundPage | undefined>();
    this.#owed.set(request.id, { onFound, resolve, reject });
    this.#rest?.cancel();
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#worker.postMessage(request);
    try {
      return await promise;
    } finally {
      this.#owed.delete(request.id);
      if (this.#owed.size === 0) this.#restLater();
    }
  }

  #restLater(): void {
    this.#worker?.unref();
    this.#rest?.cancel();
    this.#rest = this.#isClosed
      ? undefined
      : this.#options.clock.after(REST_MS, () => {
          void this.#end(new SearchCancelledError());
        });
  }

  #start(): Worker {
    const { home, threadsFile, wordsFile, log } = this.#options;
    const workerData: SearchWorkerData = { home, threadsFile, wordsFile };
    // Flags of the process (an inspector, --input-type) are meant for its own program, not for this one.
    const execArgv: string[] = [];
    const worker = new Worker(WORKER_URL, { workerData, execArgv, name: 'parley-search' });
    const lose = (reason: string): void => {
      if (this.#worker !== worker) return;
      log.warn({ reason }, 'the search of threads stopped');
      void this.#end(new SearchStoppedError(reason));
    };
    worker.on('message', this.#take);
    worker.on('error', ({ message }) => {
      lose(message);
    });
    worker.on('exit', (code) => {
      lose(`its thread ended with ${code}`);
    });
    return worker;
  }

  readonly #take = (reply: SearchReply): void => {
    if (reply.type === 'anew') {
      this.#options.log.warn({ reason: reply.reason }, 'index of words is made anew');
      return;
    }
    const owed = this.#owed.get(reply.id);
    switch (reply.type) {
      case 'found':
        owed?.onFound?.(reply.found);
        return;
      case 'page':
        owed?.resolve(reply.page);
        return;
      case 'read':
        owed?.resolve(undefined);
        return;
      case 'failed':
        owed?.reject(new Error(reply.reason));
        return;
    }
  };

  async #end(reason: Error): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#rest?.cancel();
    for (const { reject } of this.#owed.values()) reject(reason);
    await worker?.terminate();
  }
}
