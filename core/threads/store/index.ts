export { openThreadStore, type ThreadStoreOptions } from './store.ts';
export {
  InvalidCursorError,
  type OpenedThread,
  type Rollout,
  type RolloutRecord,
  type SortDirection,
  type ThreadListQuery,
  type ThreadMeta,
  type ThreadPage,
  type ThreadRow,
  type ThreadSortKey,
  type ThreadStore,
  ThreadStoreClosedError,
} from './types.ts';
