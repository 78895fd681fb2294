export { compact, hasEarlier, isFull } from './compact.ts';
export { isSummary } from './compactedHistory.ts';
export { compaction } from './compactionTask.ts';
