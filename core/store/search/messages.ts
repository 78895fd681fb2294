import type { CopiedRow } from '../catalog/index.ts';
import type { ThreadListQuery } from '../types.ts';
import type { FoundPage, FoundRow } from './wordIndex.ts';

export type SearchWorkerData = {
  readonly home: string;
  /** The index of threads; where it is in memory, every request brings its rows. */
  readonly threadsFile: string | undefined;
  readonly wordsFile: string;
};

/** What the thread is told. */
export type SearchRequest =
  | {
      readonly type: 'search';
      readonly id: number;
      readonly query: ThreadListQuery;
      readonly term: string;
      /** What is found on the way is said at once. */
      readonly isStreamed: boolean;
      readonly rows: readonly CopiedRow[] | undefined;
    }
  /** Read what is new, so that the next search need not. */
  | { readonly type: 'read'; readonly id: number; readonly rows: readonly CopiedRow[] | undefined }
  /** Nobody waits for it any more. */
  | { readonly type: 'cancel'; readonly id: number };

/** What it answers: each request once, but a cancelled one perhaps not at all. */
export type SearchReply =
  | { readonly type: 'found'; readonly id: number; readonly found: readonly FoundRow[] }
  | { readonly type: 'page'; readonly id: number; readonly page: FoundPage }
  | { readonly type: 'read'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
  /** The index of words could not be used, and is made from the files. */
  | { readonly type: 'anew'; readonly reason: string };
