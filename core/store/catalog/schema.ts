/** Raised whenever the tables change; an index of another version is made anew from the files. */
export const SCHEMA_VERSION = 2;

export const SCHEMA = `
  DROP TABLE IF EXISTS threads;
  CREATE TABLE threads (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    is_archived INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    model_provider TEXT NOT NULL,
    source TEXT NOT NULL,
    cwd TEXT NOT NULL,
    meta TEXT NOT NULL,
    preview TEXT NOT NULL,
    name TEXT,
    title TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX threads_by_created ON threads (is_archived, created_at, id);
  CREATE INDEX threads_by_updated ON threads (is_archived, updated_at, id);
  CREATE INDEX threads_by_path ON threads (path);
  PRAGMA user_version = ${SCHEMA_VERSION};
`;
