export { itemTokens, textTokens } from './contextSize.ts';
export { addUsage, ConversationLog } from './conversationLog.ts';
export { recordsOfTheEnd } from './leftBehind.ts';
export {
  COMPACTION,
  latestSettings,
  type NewRecord,
  readRecords,
  type ThreadRecord,
} from './records.ts';
