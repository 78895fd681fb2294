import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { ensurePrivateFolder, syncFolder } from '../platform/index.ts';
import {
  ARCHIVE,
  type IndexedThread,
  SESSIONS,
  type ThreadCatalog,
  type ThreadPlace,
} from './catalog/index.ts';
import { ThreadFileError, ThreadOwnedError } from './errors.ts';
import type { ThreadOwners } from './threadOwners.ts';
import type { ThreadMeta } from './types.ts';

/** Where the file of a new thread lies: by day, so that a folder stays of a size people can look through; times are UTC. */
export function journalPath(home: string, { id, createdAtMs }: ThreadMeta): string {
  const created = new Date(createdAtMs).toISOString();
  const [year = '', month = '', day = ''] = created.slice(0, 10).split('-');
  const time = created.slice(0, 19).replaceAll(':', '-');
  return join(home, SESSIONS, year, month, day, `rollout-${time}-${id}.jsonl`);
}

/**
 * Moves and removes the files of threads that nobody has open. The file is the truth and changes first, in
 * one step; the index follows, and finds out by itself where a crash came in between.
 */
export class ThreadFiles {
  readonly #home: string;
  readonly #catalog: ThreadCatalog;
  readonly #owners: ThreadOwners;

  constructor(home: string, catalog: ThreadCatalog, owners: ThreadOwners) {
    this.#home = home;
    this.#catalog = catalog;
    this.#owners = owners;
  }

  /** Where a thread's file is; looked for once more where it is not as the index has it. */
  async placeOf(threadId: string): Promise<ThreadPlace | undefined> {
    const place = await this.#catalog.placeOf(threadId);
    if (place === undefined || existsSync(place.path)) return place;
    // Another process has moved it and ended before it could say so, or a person has.
    this.#catalog.compareAgain();
    return this.#catalog.placeOf(threadId);
  }

  async archive(threadId: string): Promise<boolean> {
    const place = await this.placeOf(threadId);
    if (place === undefined || place.isArchived) return false;
    await this.#owning(threadId, 'archived', async () => {
      await this.#move(place.path, join(this.#home, ARCHIVE, basename(place.path)));
    });
    return true;
  }

  async unarchive(threadId: string): Promise<IndexedThread | undefined> {
    const place = await this.placeOf(threadId);
    const row = place?.isArchived === true ? await this.#catalog.rowOf(threadId) : undefined;
    if (row === undefined) return undefined;
    await this.#owning(threadId, 'taken back', async () => {
      const folder = dirname(journalPath(this.#home, row.meta));
      await this.#move(row.path, join(folder, basename(row.path)));
    });
    return this.#catalog.rowOf(threadId);
  }

  async delete(threadId: string): Promise<boolean> {
    const place = await this.placeOf(threadId);
    if (place === undefined) return false;
    await this.#owning(threadId, 'deleted', async () => {
      await rm(place.path, { force: true });
      this.#catalog.removed(place.path);
      await syncFolder(dirname(place.path));
    });
    return true;
  }

  async #move(from: string, to: string): Promise<void> {
    await ensurePrivateFolder(dirname(to));
    // A copy that somebody put there would be lost.
    if (existsSync(to)) throw new Error(`${to} is there already`);
    await rename(from, to);
    this.#catalog.moved(from, to);
    await syncFolder(dirname(to));
    await syncFolder(dirname(from));
  }

  /** Nobody else may open it meanwhile. */
  async #owning(threadId: string, what: string, work: () => Promise<void>): Promise<void> {
    try {
      const ownership = await this.#owners.claim(threadId);
      try {
        await work();
      } finally {
        await ownership.release();
      }
    } catch (error) {
      if (error instanceof ThreadOwnedError) throw error;
      throw new ThreadFileError(threadId, what, error);
    }
  }
}
