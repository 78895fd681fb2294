import type { DatabaseSync } from 'node:sqlite';
import process from 'node:process';

/** SQLite's word for "somebody else holds the lock". */
const SQLITE_BUSY = 5;

/**
 * A lock on a file that the operating system takes back when the process ends, however it ends. It is
 * SQLite's own lock on an empty database, because Node offers no other lock of the kernel without a
 * native module. While it is held, this process must not open and close the file in any other way: on
 * POSIX systems that would let the lock go.
 */
export class FileLock implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Locks a file that exists and is empty; waits, and lets everything wait, at most `timeoutMs` for
   * another holder. undefined when somebody else holds it. Throws `NoFileLocksError`.
   */
  static take(path: string, timeoutMs: number): FileLock | undefined {
    // Loaded here and not at the top, because most commands never write a thread.
    const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
    let database: DatabaseSync | undefined;
    try {
      database = new Database(path, { timeout: timeoutMs });
      // Nothing is ever written, so that nothing has to lie beside the file to undo it.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
      return new FileLock(database);
    } catch (error) {
      database?.close();
      if (isBusy(error)) return undefined;
      throw new NoFileLocksError(error);
    }
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

/** The file can be there and still not be locked; some network folders know no locks. */
export class NoFileLocksError extends Error {
  constructor(cause?: unknown) {
    super('files cannot be locked here', { cause });
    this.name = 'NoFileLocksError';
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
