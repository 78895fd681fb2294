import type { DatabaseSync, StatementSync } from 'node:sqlite';

import * as z from 'zod';

import { foldCase } from '../../base/index.ts';
import type { Passage } from './passages.ts';
import { NAME_PLACE, passagesOf } from './schema.ts';

const StoredPassage = z.object({ id: z.int(), text: z.string() });

/** Writes what was said in threads, and takes it out again. A passage and its trigrams come and go together. */
export class PassageTable {
  readonly #select: (sql: string) => StatementSync;

  constructor(database: DatabaseSync) {
    const prepared = new Map<string, StatementSync>();
    this.#select = (sql) => {
      const statement = prepared.get(sql) ?? database.prepare(sql);
      prepared.set(sql, statement);
      return statement;
    };
  }

  /** Adds a passage as a thread's nth, or puts it in the place of what it says anew; whether it was added. */
  say(seq: number, nth: number, { text, itemId }: Passage): boolean {
    const [first, last] = passagesOf(seq);
    const known =
      itemId === undefined
        ? undefined
        : this.#select(
            'SELECT id, text FROM words.passages WHERE item_id = ? AND id BETWEEN ? AND ?',
          ).get(itemId, first, last);
    if (known !== undefined) {
      const { id, text: before } = StoredPassage.parse(known);
      if (before !== text) {
        this.#takeOut(id, before);
        this.#put(id, text, itemId);
      }
      return false;
    }
    // Nobody says as much; and the last place is the name's.
    if (nth >= NAME_PLACE) return false;
    this.#put(first + nth, text, itemId);
    return true;
  }

  name(seq: number, name: string | null): void {
    const [, id] = passagesOf(seq);
    this.#takeOutAll(id, id);
    if (name !== null) this.#put(id, name, undefined);
  }

  /** Takes out all that was said in a thread, its name as well. */
  forget(seq: number): void {
    this.#takeOutAll(...passagesOf(seq));
  }

  #put(id: number, text: string, itemId: string | undefined): void {
    this.#select('INSERT INTO words.passages (id, item_id, text) VALUES (?, ?, ?)').run(
      id,
      itemId ?? null,
      text,
    );
    this.#select('INSERT INTO words.trigrams (rowid, text) VALUES (?, ?)').run(id, foldCase(text));
  }

  #takeOutAll(first: number, last: number): void {
    const rows = this.#select('SELECT id, text FROM words.passages WHERE id BETWEEN ? AND ?').all(
      first,
      last,
    );
    for (const row of rows) {
      const { id, text } = StoredPassage.parse(row);
      this.#takeOut(id, text);
    }
  }

  /** The index keeps no text, and has to be told what it is to forget. */
  #takeOut(id: number, text: string): void {
    this.#select("INSERT INTO words.trigrams (trigrams, rowid, text) VALUES ('delete', ?, ?)").run(
      id,
      foldCase(text),
    );
    this.#select('DELETE FROM words.passages WHERE id = ?').run(id);
  }
}
