export { openThreadStore, type ThreadStoreOptions } from './store.ts';
export {
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
} from './types.ts';
