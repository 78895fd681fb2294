import { closeSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import process from 'node:process';

import * as z from 'zod';

import { ensurePrivateFolderSync, PRIVATE_FILE_MODE } from '../../platform/index.ts';
import { type CursorPlace, decodeCursor, encodeCursor } from './cursor.ts';
import { type ThreadSummary, ThreadMetaSchema } from '../journalLines.ts';
import type { ThreadListQuery, ThreadMeta } from '../types.ts';
import { type Condition, conditionsOf } from './conditions.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';

const BUSY_TIMEOUT_MS = 2000;
const MAX_PAGE_ROWS = 1000;

const PUT = `
  INSERT OR REPLACE INTO threads (
    id, path, size_bytes, is_archived, created_at, updated_at, model_provider, source, cwd, meta, preview, name, title
  ) VALUES (
    :id, :path, :size_bytes, :is_archived, :created_at, :updated_at, :model_provider, :source, :cwd, :meta, :preview,
    :name, :title
  )
`;

const Row = z.object({
  path: z.string(),
  created_at: z.number(),
  updated_at: z.number(),
  meta: z.string(),
  preview: z.string(),
  name: z.string().nullable(),
  is_archived: z.number(),
});
const PathAndSize = z.object({ path: z.string(), size_bytes: z.number() });
const Id = z.object({ id: z.string() });
const Place = z.object({ path: z.string(), is_archived: z.number() });

/** Where a thread's file is; `path` is as the store gave it. */
export type ThreadPlace = { readonly path: string; readonly isArchived: boolean };

/** A row of the index. */
export type IndexedThread = ThreadSummary & ThreadPlace;

/** A row as SQLite has it. */
export type CopiedRow = Readonly<Record<string, SQLOutputValue>>;

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
  /** For what stands beside it: a search attaches its own. */
  readonly database: DatabaseSync;

  /** Opens or creates an index file, or one in memory for `:memory:`. Throws what SQLite throws. */
  constructor(path: string) {
    if (path !== ':memory:') createPrivateFile(path);
    // Loaded here and not at the top, because most commands never list a thread.
    const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
    this.database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      this.#prepare();
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  #prepare(): void {
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    if (this.#version() === SCHEMA_VERSION) return;
    // Two processes may find the old version at once; the second then finds the work done.
    this.database.exec('BEGIN IMMEDIATE');
    if (this.#version() !== SCHEMA_VERSION) this.database.exec(SCHEMA);
    this.database.exec('COMMIT');
  }

  #version(): unknown {
    return this.database.prepare('PRAGMA user_version').get()?.['user_version'];
  }

  put({ path, isArchived }: ThreadPlace, summary: ThreadSummary, sizeBytes: number): void {
    const { meta, updatedAtMs, preview, name } = summary;
    this.database.prepare(PUT).run({
      id: meta.id,
      path,
      size_bytes: sizeBytes,
      is_archived: Number(isArchived),
      created_at: meta.createdAtMs,
      updated_at: updatedAtMs,
      model_provider: meta.modelProvider,
      source: meta.source,
      cwd: meta.cwd,
      meta: JSON.stringify(meta),
      preview,
      name,
      title: `${name ?? ''}\n${preview}`.toLowerCase(),
    });
  }

  remove(path: string): void {
    this.database.prepare('DELETE FROM threads WHERE path = ?').run(path);
  }

  move(path: string, to: ThreadPlace): void {
    this.database
      .prepare('UPDATE threads SET path = ?, is_archived = ? WHERE path = ?')
      .run(to.path, Number(to.isArchived), path);
  }

  /** Does several writes as one. */
  together(write: () => void): void {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      write();
      this.database.exec('COMMIT');
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Every file the index knows, with the size it had when it was read. */
  sizes(): ReadonlyMap<string, number> {
    const rows = this.database.prepare('SELECT path, size_bytes FROM threads').all();
    return new Map(
      rows.map((row) => {
        const { path, size_bytes: sizeBytes } = PathAndSize.parse(row);
        return [path, sizeBytes];
      }),
    );
  }

  placeOf(threadId: string): ThreadPlace | undefined {
    const row = this.database
      .prepare('SELECT path, is_archived FROM threads WHERE id = ?')
      .get(threadId);
    if (row === undefined) return undefined;
    const { path, is_archived: isArchived } = Place.parse(row);
    return { path, isArchived: isArchived !== 0 };
  }

  rowOf(threadId: string): IndexedThread | undefined {
    const row = this.database.prepare('SELECT * FROM threads WHERE id = ?').get(threadId);
    return row && toThread(row);
  }

  /** A page of the list. `also` is what rows have to be beside what the query asks for. */
  list(query: ThreadListQuery, ...also: readonly Condition[]): IndexPage {
    const { sortKey } = query;
    const pageRows = pageRowsOf(query);
    const { sql, values } = ordered('*', query, also);
    const found = this.database
      .prepare(`${sql} LIMIT ?`)
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

  /** All rows as they are, for an index elsewhere to `take`. */
  copy(): readonly CopiedRow[] {
    return this.database.prepare('SELECT * FROM threads').all();
  }

  /** Becomes what another index is. */
  take(rows: readonly CopiedRow[]): void {
    this.together(() => {
      this.database.exec('DELETE FROM threads');
      const put = this.database.prepare(PUT);
      for (const row of rows) put.run(row);
    });
  }

  /** Ids in the order of the list, for whoever looks at as many as it takes. */
  *idsOf(query: ThreadListQuery): Generator<string> {
    const { sql, values } = ordered('id', query, []);
    for (const row of this.database.prepare(sql).iterate(...values)) yield Id.parse(row).id;
  }

  close(): void {
    this.database.close();
  }
}

/** How many rows a page has, at most. */
export const pageRowsOf = ({ limit }: ThreadListQuery): number =>
  Math.min(Math.max(1, limit), MAX_PAGE_ROWS);

/** The rows that a query asks for, in its order, behind its cursor. */
function ordered(
  columns: string,
  query: ThreadListQuery,
  also: readonly Condition[],
): { readonly sql: string; readonly values: readonly SQLInputValue[] } {
  const { cursor, sortKey, sortDirection } = query;
  const conditions = [...conditionsOf(query), ...also];
  if (cursor !== undefined) {
    const { valueMs, id } = decodeCursor(sortKey, cursor);
    const isBehind = `(${sortKey}, id) ${sortDirection === 'asc' ? '>' : '<'} (?, ?)`;
    conditions.push({ sql: isBehind, values: [valueMs, id] });
  }
  const where = conditions.map(({ sql }) => sql).join(' AND ');
  const direction = sortDirection === 'asc' ? 'ASC' : 'DESC';
  return {
    sql: `SELECT ${columns} FROM threads WHERE ${where} ORDER BY ${sortKey} ${direction}, id ${direction}`,
    values: conditions.flatMap(({ values }) => values),
  };
}

/** Deletes an index file with what SQLite keeps beside it. */
export function deleteIndexFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

/** SQLite would create it readable by all; what it keeps beside the file gets the file's mode. */
export function createPrivateFile(path: string): void {
  ensurePrivateFolderSync(dirname(path));
  closeSync(openSync(path, 'a', PRIVATE_FILE_MODE));
}

function toThread(row: unknown): IndexedThread {
  const { path, updated_at: updatedAtMs, meta, preview, name, is_archived } = Row.parse(row);
  const parsedMeta: ThreadMeta = ThreadMetaSchema.parse(JSON.parse(meta));
  return { meta: parsedMeta, updatedAtMs, preview, name, path, isArchived: is_archived !== 0 };
}

function placeOf({ meta, updatedAtMs }: IndexedThread, sortKey: string): CursorPlace {
  return { valueMs: sortKey === 'created_at' ? meta.createdAtMs : updatedAtMs, id: meta.id };
}
