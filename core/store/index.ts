export { openThreadStore, type ThreadStoreOptions } from './store.ts';
export {
  type OpenedThread,
  type Journal,
  type JournalRecord,
  type SortDirection,
  type ThreadListQuery,
  type ThreadMeta,
  type ThreadPage,
  type ThreadRow,
  type ThreadSortKey,
  type ThreadStore,
} from './types.ts';
