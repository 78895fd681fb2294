export { addUsage, ConversationLog } from './conversationLog.ts';
export { recordsOfTheEnd } from './leftBehind.ts';
export { latestSettings, type NewRecord, readRecords, type ThreadRecord } from './records.ts';
