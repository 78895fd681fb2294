export { ConversationLog } from './conversationLog.ts';
export { modelRequestOf } from './modelRequest.ts';
export type { Notify, Sampler, SamplingSettings, ThreadPorts, ThreadSettings } from './ports.ts';
export type { Attendant, OpenQuestion, QuestionEnd } from './questionDesk.ts';
export { latestSettings, readRecords, type ThreadRecord } from './records.ts';
export { LiveThread, type LiveThreadOptions, type PreparedTurn } from './thread.ts';
export { threadSourceOf } from './threadSource.ts';
export type { TurnInput } from './turnRun.ts';
