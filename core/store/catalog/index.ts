export { ARCHIVE, type IndexSource, SESSIONS, ThreadCatalog } from './catalog.ts';
export type { Condition } from './conditions.ts';
export { decodeCursor } from './cursor.ts';
export {
  type CopiedRow,
  createPrivateFile,
  deleteIndexFile,
  type IndexedThread,
  type IndexPage,
  pageRowsOf,
  ThreadIndex,
  type ThreadPlace,
} from './threadIndex.ts';
