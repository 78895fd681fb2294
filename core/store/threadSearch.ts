import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type Clock, errorText, type Timer } from '../base/index.ts';
import type { Logger } from '../platform/index.ts';
import {
  decodeCursor,
  type IndexedThread,
  type IndexSource,
  type ThreadCatalog,
} from './catalog/index.ts';
import { SearchCancelledError } from './errors.ts';
import type { SearchThread } from './search/index.ts';
import type { ThreadListQuery } from './types.ts';

/** What was written is read for searches when nobody has written for this long. */
const IDLE_MS = 30_000;

export type FoundIndexed = { readonly row: IndexedThread; readonly snippet: string };

type SearchPage = {
  readonly found: readonly FoundIndexed[];
  readonly nextCursor: string | null;
  readonly backwardsCursor: string | null;
};

export type ThreadSearchOptions = {
  readonly home: string;
  readonly catalog: ThreadCatalog;
  readonly log: Logger;
  readonly clock: Pick<Clock, 'after'>;
};

/** The search of what was said in threads. Nothing of it is loaded, or costs anything, before somebody searches. */
export class ThreadSearch {
  readonly #options: ThreadSearchOptions;
  readonly #wordsFile: string;
  #thread: { readonly of: number; readonly searching: Promise<SearchThread> } | undefined;
  #idle: Timer | undefined;
  /** Something was written since `#idle` was set. */
  #isBusy = false;
  #isClosed = false;

  constructor(options: ThreadSearchOptions) {
    this.#options = options;
    this.#wordsFile = join(options.home, 'thread-words.sqlite');
  }

  /** Throws InvalidCursorError, SearchCancelledError and SearchStoppedError. */
  async search(
    query: ThreadListQuery,
    term: string,
    on: {
      readonly signal: AbortSignal | undefined;
      readonly onFound: ((found: readonly FoundIndexed[]) => void) | undefined;
    },
  ): Promise<SearchPage> {
    if (query.cursor !== undefined) decodeCursor(query.sortKey, query.cursor);
    const { catalog } = this.#options;
    const absolute = ({ row, snippet }: FoundIndexed): FoundIndexed => ({
      row: catalog.withAbsolutePath(row),
      snippet,
    });
    const { onFound, signal } = on;
    const page = await catalog.askElsewhere(async (source) => {
      const thread = await this.#threadOver(source);
      return thread.search({
        query,
        term,
        rows: source.rows,
        signal,
        onFound: onFound && ((found) => onFound(found.map(absolute))),
      });
    });
    return { ...page, found: page.found.map(absolute) };
  }

  /** Something was written, or taken away. Where nobody has ever searched, it waits for who does. */
  noteChange(): void {
    this.#isBusy = true;
    if (this.#isClosed) return;
    this.#idle ??= this.#options.clock.after(IDLE_MS, this.#whenIdle);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idle?.cancel();
    await this.#endThread();
  }

  readonly #whenIdle = (): void => {
    this.#idle = undefined;
    if (this.#isBusy) {
      this.#isBusy = false;
      this.#idle = this.#options.clock.after(IDLE_MS, this.#whenIdle);
      return;
    }
    if (existsSync(this.#wordsFile)) void this.#readAhead();
  };

  async #readAhead(): Promise<void> {
    try {
      await this.#options.catalog.askElsewhere(async (source) => {
        const thread = await this.#threadOver(source);
        await thread.readAhead(source.rows);
      });
    } catch (error) {
      if (!this.#isClosed)
        this.#options.log.warn({ reason: errorText(error) }, 'threads were not read for searches');
    }
  }

  async #threadOver({ file, generation }: IndexSource): Promise<SearchThread> {
    if (this.#isClosed) throw new SearchCancelledError();
    if (this.#thread?.of !== generation) {
      void this.#endThread();
      this.#thread = { of: generation, searching: this.#load(file) };
    }
    return this.#thread.searching;
  }

  async #load(threadsFile: string | undefined): Promise<SearchThread> {
    const { home, log, clock } = this.#options;
    const { SearchThread: Thread } = await import('./search/index.ts');
    const thread = new Thread({ home, threadsFile, wordsFile: this.#wordsFile, log, clock });
    if (this.#isClosed) await thread.close();
    return thread;
  }

  async #endThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    const searching = await thread?.searching;
    await searching?.close();
  }
}
