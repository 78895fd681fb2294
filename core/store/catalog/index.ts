export { ARCHIVE, SESSIONS, ThreadCatalog } from './catalog.ts';
export type { IndexedThread, ThreadPlace } from './threadIndex.ts';
