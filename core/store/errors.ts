import { errorText, ProductError } from '../base/index.ts';

/** Another process that lives has the thread open. */
export class ThreadOwnedError extends ProductError {
  readonly code = 'threadOwned';
  readonly retryable = false;

  constructor(threadId: string, pid: number) {
    super(
      `thread ${threadId} is open in another process (pid ${pid}): go on with it there, or end that process and try again`,
    );
  }
}

/** A cursor that no list with this sort key has given. */
export class InvalidCursorError extends ProductError {
  readonly code = 'invalidCursor';
  readonly retryable = false;

  constructor(cursor: string) {
    super(`invalid cursor: ${cursor}`);
  }
}

/** A search that was given up by whoever asked for it, or with the store. */
export class SearchCancelledError extends ProductError {
  readonly code = 'searchCancelled';
  readonly retryable = true;

  constructor() {
    super('thread search cancelled');
  }
}

/** The thread that searches has ended where nobody meant it to. */
export class SearchStoppedError extends ProductError {
  readonly code = 'searchStopped';
  readonly retryable = true;

  constructor(reason: string) {
    super(`The search of conversations stopped (${reason}). Search once more.`);
  }
}

/** The store was used after it had been closed. */
export class ThreadStoreClosedError extends ProductError {
  readonly code = 'threadStoreClosed';
  readonly retryable = false;

  constructor() {
    super('The thread store has been closed.');
  }
}

/** The thread was put away. */
export class ThreadArchivedError extends ProductError {
  readonly code = 'threadArchived';
  readonly retryable = false;

  constructor(threadId: string) {
    super(`session ${threadId} is archived: take it back with thread/unarchive first`);
  }
}

/** The disk did not let a thread's file be moved or removed. */
export class ThreadFileError extends ProductError {
  readonly code = 'threadFile';
  readonly retryable = true;

  constructor(threadId: string, what: string, cause: unknown) {
    super(`thread ${threadId} cannot be ${what}: ${errorText(cause)}`, { cause });
  }
}
