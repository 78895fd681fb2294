/** Raised whenever the tables change; an index of another version is made anew from the files. */
export const WORDS_VERSION = 1;

/** How many bits of a passage's number count within its thread; the others are the thread's. */
const PASSAGE_BITS = 24;
const PASSAGES = 2 ** PASSAGE_BITS;
/** The thread's name stands behind all that was said in it. */
export const NAME_PLACE = PASSAGES - 1;

/** The numbers of a thread's passages, both ends included. */
export const passagesOf = (seq: number): readonly [first: number, last: number] => [
  seq * PASSAGES,
  seq * PASSAGES + NAME_PLACE,
];

/** Which thread a passage is of, in SQL. */
export const THREAD_OF_PASSAGE = `rowid >> ${PASSAGE_BITS}`;

/**
 * Words beside the index of threads, in a file of their own: they are a hundred times as large, and what happens to
 * them is nothing to a list. `seen_bytes` is how long a file was, by the index, when it was read to its end.
 * Tokens are three characters in a row, so that a term is found wherever it stands, in a word or across words.
 */
export const WORDS_SCHEMA = `
  DROP TABLE IF EXISTS words.sources;
  DROP TABLE IF EXISTS words.passages;
  DROP TABLE IF EXISTS words.trigrams;
  CREATE TABLE words.sources (
    seq INTEGER PRIMARY KEY,
    thread_id TEXT NOT NULL UNIQUE,
    seen_bytes INTEGER,
    read_bytes INTEGER NOT NULL,
    tail BLOB NOT NULL,
    passages INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE words.passages (id INTEGER PRIMARY KEY, item_id TEXT, text TEXT NOT NULL) STRICT;
  CREATE INDEX words.passages_by_item ON passages (item_id, id) WHERE item_id IS NOT NULL;
  CREATE VIRTUAL TABLE words.trigrams USING fts5 (text, content='', tokenize='trigram case_sensitive 1');
  INSERT INTO words.trigrams (trigrams, rank) VALUES ('secure-delete', 1);
  PRAGMA words.user_version = ${WORDS_VERSION};
`;
