import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock } from '../../base/testing/index.ts';
import { type LoggedLine, MemoryLogger } from '../../platform/testing/index.ts';
import {
  type JournalRecord,
  openThreadStore,
  type StoredThread,
  type ThreadListQuery,
  type ThreadMeta,
  type ThreadStore,
  type ThreadStoreOptions,
} from '../index.ts';

const BY_CREATION: ThreadListQuery = { limit: 50, sortKey: 'created_at', sortDirection: 'asc' };

/** What the records of a thread say; undefined where there is no thread. */
export const recordsOf = (thread: StoredThread | undefined): readonly JournalRecord[] | undefined =>
  thread?.records.map((record) => record.read());

/** A home folder with the stores that a test opens over it; disposing closes and removes them all. */
export class StoreFolder implements AsyncDisposable {
  readonly clock = new ManualClock(Date.UTC(2026, 0, 2, 3, 4, 5));
  readonly log = new MemoryLogger();
  readonly warnings: string[] = [];
  readonly #folder = mkdtempDisposableSync(join(tmpdir(), 'store-'));
  readonly #stores: ThreadStore[] = [];
  /** Not there yet; a test may move it. */
  home = join(this.#folder.path, 'home');

  /** The folder that holds the home. */
  get parent(): string {
    return this.#folder.path;
  }

  get indexFile(): string {
    return join(this.home, 'threads.sqlite');
  }

  /** A store as a new start of the engine would open it. */
  openStore(options: Pick<ThreadStoreOptions, 'disk'> = {}): ThreadStore {
    const store = openThreadStore(this.home, {
      ...options,
      clock: this.clock,
      log: this.log,
      onWarning: (_threadId, message) => {
        this.warnings.push(message);
      },
    });
    this.#stores.push(store);
    return store;
  }

  meta(id: string): ThreadMeta {
    return {
      id,
      createdAtMs: this.clock.nowMs(),
      cwd: '/work',
      model: 'm',
      modelProvider: 'practice',
      originator: 'test',
      source: 'appServer',
      threadSource: null,
    };
  }

  /** Makes a thread with one record and a preview, a second after the one before; its path. */
  async makeThread(store: ThreadStore, id: string, preview = id): Promise<string> {
    this.clock.advance(1000);
    const journal = store.create(this.meta(id));
    journal.setPreview(preview);
    void journal.append({ type: 'message', text: `first of ${id}` });
    await journal.close();
    return journal.path;
  }

  async listedIds(store: ThreadStore, query: Partial<ThreadListQuery> = {}): Promise<string[]> {
    const { rows } = await store.list({ ...BY_CREATION, ...query });
    return rows.map((row) => row.id);
  }

  /** Of a level, what was logged. */
  logged(level: LoggedLine['level']): readonly LoggedLine[] {
    return this.log.lines.filter((line) => line.level === level);
  }

  /** Closes every store opened so far, as their processes would at their end. */
  async close(): Promise<void> {
    await Promise.all(this.#stores.map(async (store) => store.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    this.#folder.remove();
  }
}
