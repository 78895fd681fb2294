export { itemTokens, textTokens } from './contextSize.ts';
export { addUsage, ConversationLog, NO_USAGE } from './conversationLog.ts';
export { type ForkCut, forkOf } from './fork.ts';
export { injectedItems } from './injectedItems.ts';
export { recordsOfTheEnd } from './leftBehind.ts';
export { type AnyRecord, type FiledRecord, latestSettings, readableBy } from './filedRecord.ts';
export { COMPACTION, type NewRecord, type ThreadRecord } from './records.ts';
export { pageOf } from './pages.ts';
export type { Conversation } from './timeline.ts';
