import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Clock, errorText } from '../../base/index.ts';
import type { Logger } from '../../platform/index.ts';
import { ThreadCatalog } from './catalog.ts';
import { decodeRollout, type RolloutSummary } from './lines.ts';
import { RolloutFile } from './rolloutFile.ts';
import type { IndexedThread } from './threadIndex.ts';
import {
  type OpenedThread,
  type Rollout,
  type ThreadListQuery,
  type ThreadMeta,
  type ThreadPage,
  type ThreadRow,
  type ThreadStore,
  ThreadStoreClosedError,
} from './types.ts';

export type ThreadStoreOptions = {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Logger;
  /** One sentence when conversations cannot be saved; again only after saving had worked. */
  readonly onWarning?: (message: string) => void;
};

/** The threads of a home folder. Nothing is read or created before it is needed. */
export function openThreadStore(home: string, options: ThreadStoreOptions): ThreadStore {
  return new FileThreadStore(home, options);
}

class FileThreadStore implements ThreadStore {
  readonly #home: string;
  readonly #options: ThreadStoreOptions;
  readonly #catalog: ThreadCatalog;
  /** Rollouts that may still be written to; one per thread, or two would mix their lines. */
  readonly #live = new Map<string, RolloutFile>();
  #isFailing = false;
  #isClosed = false;

  constructor(home: string, options: ThreadStoreOptions) {
    this.#home = home;
    this.#options = options;
    this.#catalog = new ThreadCatalog(home, options.log);
  }

  create(meta: ThreadMeta): Rollout {
    this.#checkOpen();
    const summary = { meta, updatedAtMs: meta.createdAtMs, preview: '', name: null };
    return this.#adopt(rolloutPath(this.#home, meta), summary, false);
  }

  async open(threadId: string): Promise<OpenedThread | undefined> {
    this.#checkOpen();
    await this.#live.get(threadId)?.flush();
    const path = this.#live.get(threadId)?.path ?? (await this.#catalog.pathOf(threadId));
    const decoded = path === undefined ? undefined : await this.#read(path);
    this.#checkOpen();
    if (path === undefined || decoded === undefined) return undefined;
    const { records, damagedLines, ...summary } = decoded;
    if (damagedLines > 0) {
      this.#options.log.warn({ path, damagedLines }, 'damaged lines of a thread passed over');
    }
    const { meta, preview, name } = summary;
    // Looked up again: the thread may have been opened by somebody else in the meantime.
    const rollout = this.#live.get(threadId) ?? this.#adopt(path, summary, true);
    return { meta, preview, name, records, rollout };
  }

  async list(query: ThreadListQuery): Promise<ThreadPage> {
    this.#checkOpen();
    await Promise.all(Array.from(this.#live.values(), (rollout) => rollout.flush()));
    this.#checkOpen();
    const page = await this.#catalog.list(query);
    return { ...page, rows: page.rows.map(toRow) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#live.values(), (rollout) => rollout.close()));
    this.#catalog.close();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ThreadStoreClosedError();
  }

  async #read(path: string): Promise<ReturnType<typeof decodeRollout>> {
    try {
      return decodeRollout(await readFile(path, 'utf8'));
    } catch (error) {
      // A thread that was never used has none, and a person may have deleted one.
      const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      const level = isAbsent ? 'debug' : 'warn';
      this.#options.log[level]({ path, reason: errorText(error) }, 'thread file cannot be read');
      return undefined;
    }
  }

  #adopt(path: string, summary: RolloutSummary, isOnDisk: boolean): Rollout {
    const { id } = summary.meta;
    const rollout = new RolloutFile(path, { summary, isOnDisk }, this.#options.clock, {
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
        if (this.#live.get(id) === rollout) this.#live.delete(id);
      },
    });
    this.#live.set(id, rollout);
    return rollout;
  }

  #failed(path: string, reason: string): void {
    this.#options.log.warn({ path, reason }, 'thread cannot be saved');
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
function rolloutPath(home: string, { id, createdAtMs }: ThreadMeta): string {
  const created = new Date(createdAtMs).toISOString();
  const [year = '', month = '', day = ''] = created.slice(0, 10).split('-');
  const time = created.slice(0, 19).replaceAll(':', '-');
  return join(home, 'sessions', year, month, day, `rollout-${time}-${id}.jsonl`);
}
