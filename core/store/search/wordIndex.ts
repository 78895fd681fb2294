import { join } from 'node:path';
import type { StatementSync } from 'node:sqlite';

import * as z from 'zod';

import { excerptAt, foldCase, placesOf } from '../../base/index.ts';
import {
  type Condition,
  createPrivateFile,
  type IndexedThread,
  type IndexPage,
  pageRowsOf,
  type ThreadIndex,
} from '../catalog/index.ts';
import type { ThreadListQuery } from '../types.ts';
import { FROM_START, readGrown, type ReadUntil } from './grownFile.ts';
import { PassageTable } from './passageTable.ts';
import { searchableLine, storable } from './passages.ts';
import { passagesOf, THREAD_OF_PASSAGE, WORDS_SCHEMA, WORDS_VERSION } from './schema.ts';

/** About how much is read in one step, and of how many threads: a step takes a tenth of a second. */
const STEP_BYTES = 1024 * 1024;
const STEP_THREADS = 256;

/** Of a shorter term there is no trigram, and a longer one has more than are worth looking up. */
const MIN_INDEXED_CHARS = 3;
const MAX_INDEXED_CHARS = 256;

/** What is looked at first: a word that everybody uses fills the page with it, and its trigrams are everywhere. */
const GLANCE_PASSAGES = 1000;
/** Up to so many threads are looked up one by one; with more, the list is gone through until the page is full. */
const FEW_THREADS = 300;

const Grown = z.object({ id: z.string(), path: z.string(), size_bytes: z.int() });
type Grown = z.infer<typeof Grown>;
const Source = z.object({
  seq: z.int(),
  read_bytes: z.int(),
  tail: z.instanceof(Uint8Array),
  passages: z.int(),
});
type Source = z.infer<typeof Source>;
const Seq = z.object({ seq: z.int() });
const Id = z.object({ id: z.string() });
const Text = z.object({ text: z.string() });

/** A thread with something that was said in it. */
export type FoundRow = { readonly row: IndexedThread; readonly snippet: string };
export type FoundPage = Omit<IndexPage, 'rows'> & { readonly found: readonly FoundRow[] };

/**
 * What was said in the threads of an index, to be found again: words in an index of their own, read from the files
 * step by step as they grow. It holds nothing that the files do not hold.
 */
export class WordIndex {
  readonly #home: string;
  readonly #threads: ThreadIndex;
  readonly #passages: PassageTable;
  readonly #prepared = new Map<string, StatementSync>();
  /** Threads whose files have grown, as far as that was looked for. */
  #grown: Grown[] = [];
  /** Of the index of threads, when that was looked for last. */
  #lookedAt: unknown;
  /** Files that cannot be read; tried again when next looked for. */
  readonly #unreadable = new Set<string>();

  /** Attaches the file at `path`, or one in memory, to the index of threads. Throws what SQLite throws. */
  constructor(home: string, threads: ThreadIndex, path: string) {
    this.#home = home;
    this.#threads = threads;
    if (path !== ':memory:') createPrivateFile(path);
    const { database } = threads;
    database.prepare('ATTACH ? AS words').run(path);
    // A power cut may cost the file, which is made anew then; waiting for the disk would cost every step.
    database.exec(
      'PRAGMA words.journal_mode = WAL; PRAGMA words.synchronous = NORMAL; PRAGMA words.secure_delete = ON;',
    );
    this.#passages = new PassageTable(database);
    if (this.#version() === WORDS_VERSION) return;
    // Two processes may find the old version at once; the second then finds the work done.
    database.exec('BEGIN IMMEDIATE');
    if (this.#version() !== WORDS_VERSION) database.exec(WORDS_SCHEMA);
    database.exec('COMMIT');
  }

  #version(): unknown {
    return this.#sql('PRAGMA words.user_version').get()?.['user_version'];
  }

  /**
   * Looks for files that have grown or gone since it last looked; `readSome` reads them. `isCertain` where the index
   * of threads is known to have changed, which one that only this connection has does not tell.
   */
  look(isCertain: boolean): void {
    const version = this.#sql('PRAGMA main.data_version').get()?.['data_version'];
    if (!isCertain && version === this.#lookedAt && this.#unreadable.size === 0) return;
    this.#unreadable.clear();
    this.#forgetGone();
    this.#grown = this.#sql(
      `SELECT id, path, size_bytes FROM threads LEFT JOIN words.sources ON thread_id = id
       WHERE seen_bytes IS NOT size_bytes ORDER BY updated_at DESC`,
    )
      .all()
      .map((row) => Grown.parse(row));
    this.#lookedAt = version;
  }

  /** The next step: the ids of threads that it has read of, undefined when all was read. */
  readSome(): readonly string[] | undefined {
    this.#grown = this.#grown.filter(({ id }) => !this.#unreadable.has(id));
    if (this.#grown.length === 0) return undefined;
    const readIds: string[] = [];
    this.#write(() => {
      let bytes = 0;
      for (const grown of this.#grown.slice(0, STEP_THREADS)) {
        if (bytes >= STEP_BYTES) break;
        readIds.push(grown.id);
        const { hasMore, readBytes } = this.#read(grown);
        bytes += readBytes;
        if (!hasMore) this.#grown.shift();
        else break;
      }
    });
    return readIds;
  }

  /** A page of the threads with that term, as far as they were read. */
  find(query: ThreadListQuery, term: string): FoundPage {
    const folded = foldCase(storable(term));
    const length = Array.from(folded).length;
    const isIndexed = length >= MIN_INDEXED_CHARS && length <= MAX_INDEXED_CHARS;
    const match = isIndexed ? `"${folded.replaceAll('"', '""')}"` : undefined;
    const seen = this.#lookThrough(query, folded, isIndexed ? GLANCE_PASSAGES : Infinity);
    const ids = seen === undefined ? this.#fewMatching(match ?? '') : [...seen.keys()];
    const { rows, ...cursors } =
      ids === undefined
        ? this.#threads.list(query, matching(match ?? ''))
        : this.#threads.list({ ...query, includedIds: among(ids, query.includedIds) });
    const found = rows.map((row) => {
      const text = seen?.get(row.meta.id) ?? this.#firstMatch(row.meta.id, match ?? '') ?? '';
      return { row, snippet: snippetOf(text, folded) };
    });
    return { ...cursors, found };
  }

  /** Which threads have it, and where first, for a page and one more; undefined where that takes too long. */
  #lookThrough(
    query: ThreadListQuery,
    folded: string,
    maxPassages: number,
  ): ReadonlyMap<string, string> | undefined {
    const seen = new Map<string, string>();
    const enough = pageRowsOf(query) + 1;
    let passages = 0;
    for (const id of this.#threads.idsOf(query)) {
      for (const text of this.#textsOf(id)) {
        passages += 1;
        if (foldCase(text).includes(folded)) {
          seen.set(id, text);
          break;
        }
        if (passages >= maxPassages) return undefined;
      }
      if (seen.size === enough) break;
    }
    return seen;
  }

  /** All threads that have it; undefined where they are many. */
  #fewMatching(match: string): readonly string[] | undefined {
    const seqs = this.#sql(
      `SELECT DISTINCT ${THREAD_OF_PASSAGE} AS seq FROM words.trigrams WHERE trigrams MATCH ? LIMIT ?`,
    )
      .all(match, FEW_THREADS + 1)
      .map((row) => Seq.parse(row).seq);
    if (seqs.length > FEW_THREADS) return undefined;
    return this.#sql(
      'SELECT thread_id AS id FROM words.sources WHERE seq IN (SELECT value FROM json_each(?))',
    )
      .all(JSON.stringify(seqs))
      .map((row) => Id.parse(row).id);
  }

  #firstMatch(threadId: string, match: string): string | undefined {
    const row = this.#sql(
      `SELECT text FROM words.passages WHERE id = (
        SELECT rowid FROM words.trigrams WHERE trigrams MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT 1
      )`,
    ).get(match, ...passagesOf(this.#seqOf(threadId) ?? 0));
    return row && Text.parse(row).text;
  }

  *#textsOf(threadId: string): Generator<string> {
    const seq = this.#seqOf(threadId);
    if (seq === undefined) return;
    const rows = this.#sql(
      'SELECT text FROM words.passages WHERE id BETWEEN ? AND ? ORDER BY id',
    ).iterate(...passagesOf(seq));
    for (const row of rows) yield Text.parse(row).text;
  }

  #seqOf(threadId: string): number | undefined {
    const row = this.#sql('SELECT seq FROM words.sources WHERE thread_id = ?').get(threadId);
    return row && Seq.parse(row).seq;
  }

  #forgetGone(): void {
    const gone = this.#sql(
      'SELECT seq FROM words.sources WHERE thread_id NOT IN (SELECT id FROM threads)',
    ).all();
    if (gone.length === 0) return;
    this.#write(() => {
      for (const row of gone) {
        const { seq } = Seq.parse(row);
        this.#passages.forget(seq);
        this.#sql('DELETE FROM words.sources WHERE seq = ?').run(seq);
      }
    });
  }

  /** Reads on in one file. Within a transaction, so that whoever else reads it has done so before or does after. */
  #read({ id, path, size_bytes: sizeBytes }: Grown): { hasMore: boolean; readBytes: number } {
    const source = this.#sourceOf(id);
    const before: ReadUntil =
      source.read_bytes === 0 ? FROM_START : { bytes: source.read_bytes, tail: source.tail };
    let grown;
    try {
      grown = readGrown(join(this.#home, path), before);
    } catch {
      // It was moved just now, or cannot be read: what was read of it stays, as it does in the list.
      this.#unreadable.add(id);
      return { hasMore: false, readBytes: 0 };
    }
    const { lines, isAnew, until, hasMore } = grown;
    if (isAnew) this.#passages.forget(source.seq);
    const passages = this.#take(source.seq, isAnew ? 0 : source.passages, lines);
    this.#sql(
      'UPDATE words.sources SET seen_bytes = ?, read_bytes = ?, tail = ?, passages = ? WHERE seq = ?',
    ).run(hasMore ? null : sizeBytes, until.bytes, until.tail, passages, source.seq);
    return { hasMore, readBytes: until.bytes - (isAnew ? 0 : before.bytes) };
  }

  #sourceOf(threadId: string): Source {
    this.#sql(
      "INSERT OR IGNORE INTO words.sources (thread_id, read_bytes, tail, passages) VALUES (?, 0, x'', 0)",
    ).run(threadId);
    const row = this.#sql('SELECT * FROM words.sources WHERE thread_id = ?').get(threadId);
    return Source.parse(row);
  }

  /** Adds what lines say; how many passages there are then. */
  #take(seq: number, before: number, lines: readonly string[]): number {
    let count = before;
    for (const line of lines) {
      const says = searchableLine(line);
      if (says?.type === 'named') this.#passages.name(seq, says.name);
      for (const passage of says?.type === 'said' ? says.passages : []) {
        if (this.#passages.say(seq, count, passage)) count += 1;
      }
    }
    return count;
  }

  /** Does several writes as one. */
  #write(write: () => void): void {
    const { database } = this.#threads;
    // Not IMMEDIATE, which would keep others from writing to the index of threads.
    database.exec('BEGIN; DELETE FROM words.sources WHERE 0;');
    try {
      write();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  #sql(sql: string): StatementSync {
    const statement = this.#prepared.get(sql) ?? this.#threads.database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

const matching = (match: string): Condition => ({
  sql: `id IN (SELECT thread_id FROM words.sources WHERE seq IN (
    SELECT ${THREAD_OF_PASSAGE} FROM words.trigrams WHERE trigrams MATCH ?
  ))`,
  values: [match],
});

function snippetOf(text: string, folded: string): string {
  const [place] = placesOf(folded, text);
  return excerptAt(text, place ?? 0, place === undefined ? 0 : folded.length).text;
}

function among(ids: readonly string[], others: readonly string[] | undefined): readonly string[] {
  if (others === undefined) return ids;
  const wanted = new Set(others);
  return ids.filter((id) => wanted.has(id));
}
