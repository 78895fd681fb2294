import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import process from 'node:process';

import * as z from 'zod';

import { PRIVATE_FILE_MODE, PRIVATE_FOLDER_MODE } from '../platform/index.ts';
import { type CursorPlace, decodeCursor, encodeCursor } from './cursor.ts';
import { type ThreadSummary, ThreadMetaSchema } from './journalLines.ts';
import type { ThreadListQuery, ThreadMeta } from './types.ts';

/** Raised whenever the tables change; an index of another version is made anew from the files. */
const SCHEMA_VERSION = 1;
const BUSY_TIMEOUT_MS = 2000;
const MAX_PAGE_ROWS = 1000;

const SCHEMA = `
  DROP TABLE IF EXISTS threads;
  CREATE TABLE threads (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    meta TEXT NOT NULL,
    preview TEXT NOT NULL,
    name TEXT,
    search_text TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX threads_by_created ON threads (created_at, id);
  CREATE INDEX threads_by_updated ON threads (updated_at, id);
  CREATE INDEX threads_by_path ON threads (path);
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

const Row = z.object({
  path: z.string(),
  created_at: z.number(),
  updated_at: z.number(),
  meta: z.string(),
  preview: z.string(),
  name: z.string().nullable(),
});
const PathAndSize = z.object({ path: z.string(), size_bytes: z.number() });
const PathOnly = z.object({ path: z.string() });

/** A row of the index; `path` is as the store gave it. */
export type IndexedThread = ThreadSummary & { readonly path: string };

export type IndexPage = {
  readonly rows: readonly IndexedThread[];
  readonly nextCursor: string | null;
  readonly backwardsCursor: string | null;
};

/**
 * The list of threads in SQLite. It holds nothing that the files do not hold: throwing it away costs
 * the time to read them again.
 */
export class ThreadIndex {
  readonly #database: DatabaseSync;

  /** Opens or creates an index file, or one in memory for `:memory:`. Throws what SQLite throws. */
  constructor(path: string) {
    if (path !== ':memory:') createPrivateFile(path);
    // Loaded here and not at the top, because most commands never list a thread.
    const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
    this.#database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      this.#prepare();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  #prepare(): void {
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    if (this.#version() === SCHEMA_VERSION) return;
    // Two processes may find the old version at once; the second then finds the work done.
    this.#database.exec('BEGIN IMMEDIATE');
    if (this.#version() !== SCHEMA_VERSION) this.#database.exec(SCHEMA);
    this.#database.exec('COMMIT');
  }

  #version(): unknown {
    return this.#database.prepare('PRAGMA user_version').get()?.['user_version'];
  }

  put(path: string, { meta, updatedAtMs, preview, name }: ThreadSummary, sizeBytes: number): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO threads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        meta.id,
        path,
        sizeBytes,
        meta.createdAtMs,
        updatedAtMs,
        JSON.stringify(meta),
        preview,
        name,
        `${name ?? ''}\n${preview}`.toLowerCase(),
      );
  }

  remove(path: string): void {
    this.#database.prepare('DELETE FROM threads WHERE path = ?').run(path);
  }

  /** Does several writes as one. */
  together(write: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      write();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Every file the index knows, with the size it had when it was read. */
  sizes(): ReadonlyMap<string, number> {
    const rows = this.#database.prepare('SELECT path, size_bytes FROM threads').all();
    return new Map(
      rows.map((row) => {
        const { path, size_bytes: sizeBytes } = PathAndSize.parse(row);
        return [path, sizeBytes];
      }),
    );
  }

  pathOf(threadId: string): string | undefined {
    const row = this.#database.prepare('SELECT path FROM threads WHERE id = ?').get(threadId);
    return row === undefined ? undefined : PathOnly.parse(row).path;
  }

  list({ limit, cursor, sortKey, sortDirection, searchTerm }: ThreadListQuery): IndexPage {
    const pageRows = Math.min(Math.max(1, limit), MAX_PAGE_ROWS);
    const conditions: string[] = [];
    const values: SQLInputValue[] = [];
    if (cursor !== undefined) {
      const place = decodeCursor(sortKey, cursor);
      conditions.push(`(${sortKey}, id) ${sortDirection === 'asc' ? '>' : '<'} (?, ?)`);
      values.push(place.valueMs, place.id);
    }
    const wanted = searchTerm?.trim().toLowerCase() ?? '';
    if (wanted !== '') {
      conditions.push('instr(search_text, ?) > 0');
      values.push(wanted);
    }
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const direction = sortDirection === 'asc' ? 'ASC' : 'DESC';
    const found = this.#database
      .prepare(
        `SELECT * FROM threads ${where} ORDER BY ${sortKey} ${direction}, id ${direction} LIMIT ?`,
      )
      .all(...values, pageRows + 1)
      .map(toThread);
    const rows = found.slice(0, pageRows);
    const place = (row: IndexedThread | undefined): string | null =>
      row === undefined ? null : encodeCursor(sortKey, placeOf(row, sortKey));
    return {
      rows,
      nextCursor: found.length > pageRows ? place(rows.at(-1)) : null,
      backwardsCursor: place(rows[0]),
    };
  }

  close(): void {
    this.#database.close();
  }
}

/** Deletes an index file with what SQLite keeps beside it. */
export function deleteIndexFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

/** SQLite would create it readable by all; what it keeps beside the file gets the file's mode. */
function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER_MODE });
  closeSync(openSync(path, 'a', PRIVATE_FILE_MODE));
}

function toThread(row: unknown): IndexedThread {
  const { path, updated_at: updatedAtMs, meta, preview, name } = Row.parse(row);
  const parsedMeta: ThreadMeta = ThreadMetaSchema.parse(JSON.parse(meta));
  return { meta: parsedMeta, updatedAtMs, preview, name, path };
}

function placeOf({ meta, updatedAtMs }: IndexedThread, sortKey: string): CursorPlace {
  return { valueMs: sortKey === 'created_at' ? meta.createdAtMs : updatedAtMs, id: meta.id };
}
