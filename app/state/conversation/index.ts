export { addOlder, fromTimeline } from './conversation.ts';
export { ConversationStore } from './conversationStore.ts';
export {
  type AgentItem,
  type Conversation,
  emptyConversation,
  type Entry,
  lineId,
  type NoteEntry,
  type RecordingEntry,
  type Speaker,
  type TurnEntry,
  type VoiceLine,
} from './entries.ts';
export { kindsText } from './usage.ts';
export {
  clockText,
  finalAnswer,
  hasRunningTurn,
  lastItemOf,
  lastToRepeat,
  plainWords,
  planShare,
  requestToRepeat,
  runningTurnIds,
  workOf,
  workState,
} from './work.ts';
