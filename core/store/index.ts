export { FileLock } from './fileLock.ts';
export { openThreadStore, type ThreadStoreOptions } from './store.ts';
export {
  type FoundThread,
  type Journal,
  type JournalRecord,
  type OpenedThread,
  type SearchListeners,
  type SortDirection,
  type StoredRecord,
  type StoredThread,
  type ThreadListQuery,
  type ThreadMeta,
  type ThreadPage,
  type ThreadRow,
  type ThreadSearchQuery,
  type ThreadSortKey,
  type ThreadStore,
} from './types.ts';
