export { addUsage, ConversationLog } from './conversationLog.ts';
export { unfinishedCallOutputs } from './openCalls.ts';
export { latestSettings, readRecords, type ThreadRecord } from './records.ts';
