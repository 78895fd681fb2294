/** What is fixed about a thread from its start; the first line of its file. */
export type ThreadMeta = {
  readonly id: string;
  readonly createdAtMs: number;
  readonly cwd: string;
  readonly model: string;
  readonly modelProvider: string;
  readonly originator: string;
  readonly source: string;
  readonly threadSource: string | null;
  /** The thread it began as a copy of, where it did. */
  readonly forkedFromId?: string | null | undefined;
  /** Why the client began it, where that is not its own start. */
  readonly sessionStartSource?: 'clear' | null | undefined;
  /** Tools that its client runs; opaque here. */
  readonly dynamicTools?: readonly unknown[] | undefined;
};

/** One entry of a thread's history; opaque here. Types that start with `store/` are taken. */
export type JournalRecord = { readonly type: string } & Readonly<Record<string, unknown>>;

/**
 * The type of a record that stands for a line which is none: damaged, or of another form. Its `line` is
 * the text as it stands in the file, without the line's end; appended, it is that line again.
 */
export const VERBATIM_RECORD = 'store/verbatim';

/** A thread as lists show it. */
export type ThreadRow = ThreadMeta & {
  readonly updatedAtMs: number;
  /** Empty until set. */
  readonly preview: string;
  readonly name: string | null;
  /** Absolute. */
  readonly path: string;
  readonly isArchived: boolean;
};

/**
 * The file of one thread. No call throws or waits for the disk: what cannot be written stays in
 * memory, is tried again with the next record, and is reported once through the store's callback.
 */
export interface Journal {
  readonly path: string;
  /**
   * Adds a record behind all earlier ones, in the same step; the first one creates the file. Resolves
   * when it would survive a power cut, or when saving it has failed and that was reported: whoever
   * waits goes on either way. Never rejects. After the close it does nothing.
   */
  append(record: JournalRecord): Promise<void>;
  /**
   * Begins now to write what was appended, for whoever is about to be busy. It is begun anyway when the
   * event loop comes round.
   */
  commit(): void;
  /** Null until set. */
  readonly name: string | null;
  setPreview(text: string): void;
  setName(name: string | null): void;
  /** Resolves when all that was appended so far is on the disk, or could not be. */
  flush(): Promise<void>;
  /**
   * Flushes and ends this holder's part; its later calls do nothing, other holders go on. Resolves also
   * when the disk has said nothing for too long.
   */
  close(): Promise<void>;
}

/** A record as it stands in a thread's file: its line is parsed when it is read, each time anew. */
export interface StoredRecord {
  /** `VERBATIM_RECORD` for a line that is known to be none. */
  readonly type: string;
  /**
   * Words of the record's JSON, told from the rest by what stands before each of them: the first beginning is that of the JSON behind the
   * type, and each word ends with a quote, behind which the next beginning stands. undefined for any other form, and for words
   * with escapes. There are few sets of beginnings: they are kept.
   */
  wordsBehind(beginnings: readonly string[]): readonly string[] | undefined;
  /** As it was appended; one for a verbatim line where it turns out to be none. */
  read(): JournalRecord;
}

/** A thread as its file tells it. */
export type StoredThread = {
  readonly meta: ThreadMeta;
  readonly updatedAtMs: number;
  readonly preview: string;
  readonly name: string | null;
  /** Absolute. */
  readonly path: string;
  /** All lines but the store's own, in order; see `VERBATIM_RECORD`. */
  readonly records: readonly StoredRecord[];
};

export type OpenedThread = StoredThread & { readonly journal: Journal };

export type ThreadSortKey = 'created_at' | 'updated_at';
export type SortDirection = 'asc' | 'desc';

export type ThreadListQuery = {
  readonly limit: number;
  readonly cursor?: string;
  readonly sortKey: ThreadSortKey;
  readonly sortDirection: SortDirection;
  /** Part of the name or preview, in any case. */
  readonly searchTerm?: string;
  /** Those that were put away, in place of the others. */
  readonly isArchived?: boolean;
  /** One of these each; whatever they are where absent. */
  readonly modelProviders?: readonly string[];
  readonly cwds?: readonly string[];
  readonly includedIds?: readonly string[];
  readonly excludedIds?: readonly string[];
  /** Absent: all but those of agents that a thread has started. */
  readonly sources?: readonly string[];
};

export type ThreadPage = {
  readonly rows: readonly ThreadRow[];
  /** Continues behind the last row; null at the end. */
  readonly nextCursor: string | null;
  /** Continues before the first row when used with the other direction; null for an empty page. */
  readonly backwardsCursor: string | null;
};

/** What to look for, and among which threads. */
export type ThreadSearchQuery = Omit<ThreadListQuery, 'searchTerm'> & {
  /** A part of what was said, typed or spoken, or of a name, as it stands, in any case. Not empty. */
  readonly term: string;
};

export type FoundThread = {
  readonly row: ThreadRow;
  /** What was found, with some words around it. */
  readonly snippet: string;
};

export type FoundThreads = Omit<ThreadPage, 'rows'> & { readonly found: readonly FoundThread[] };

export type SearchListeners = {
  readonly signal?: AbortSignal | undefined;
  /** Threads that are found while files are read for the first time, each once; they need not be of the page. */
  readonly onFound?: ((found: readonly FoundThread[]) => void) | undefined;
};

/** All threads of a home folder. A thread that was never appended to has no file and is not listed. */
export interface ThreadStore {
  create(meta: ThreadMeta): Journal;
  /**
   * Takes a thread to go on with it; undefined when there is no such thread. Until its journal is
   * closed, and while this process lives, no other process gets it: that one's call throws
   * `ThreadOwnedError`. In this process it may be open several times at once. One that was put away
   * throws `ThreadArchivedError`.
   */
  open(threadId: string): Promise<OpenedThread | undefined>;
  /** Reads a thread, whoever owns it, and changes nothing; undefined when there is no such thread. */
  read(threadId: string): Promise<StoredThread | undefined>;
  /** Whether another process that lives has appended to the thread since it opened it; changes nothing. */
  isInUse(threadId: string): boolean;
  /** What was told of a thread that is open and cannot be saved; undefined while it can. */
  unsaved(threadId: string): string | undefined;
  /**
   * Puts a thread away: it is listed apart, and cannot be gone on with before it is taken back. False where
   * there is no such thread among the others. Like the two below it throws `ThreadOwnedError`, and
   * `ThreadFileError` where the disk refuses; the thread must not be open here.
   */
  archive(threadId: string): Promise<boolean>;
  /** Takes a thread back; undefined where none of that id was put away. */
  unarchive(threadId: string): Promise<ThreadRow | undefined>;
  /** Removes a thread for good, one that was put away included; false where there is none. */
  delete(threadId: string): Promise<boolean>;
  /** Throws InvalidCursorError. */
  list(query: ThreadListQuery): Promise<ThreadPage>;
  /**
   * Looks for words in threads. Throws InvalidCursorError, SearchCancelledError once the signal says so, and
   * SearchStoppedError.
   */
  search(query: ThreadSearchQuery, listeners?: SearchListeners): Promise<FoundThreads>;
  /** Closes every journal and the index, the former as far as the disk answers; may be called twice. */
  close(): Promise<void>;
}
