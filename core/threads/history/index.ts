export { addUsage, ConversationLog } from './conversationLog.ts';
export { unfinishedCallOutputs } from './openCalls.ts';
export { latestSettings, type NewRecord, readRecords, type ThreadRecord } from './records.ts';
