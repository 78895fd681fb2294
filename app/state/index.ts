export { Assistant, type AssistantDeps } from './assistant.ts';
export { estimatedShare, type Heard, type HeardItem, heardShare, splitAtShare } from './heard.ts';
export type { LinkState } from './engineLink.ts';
export type {
  AgentItem,
  Conversation,
  Entry,
  NoteEntry,
  Speaker,
  TurnEntry,
  VoiceLine,
} from './lines.ts';
export type { Settings } from './settings.ts';
export { Store } from './store.ts';
export { groupByDay, type ThreadRow, type Threads } from './threads.ts';
export { isVoiceOn, STAGE_WORDS, type VoiceState, voiceWord } from './voice.ts';
export type { MicrophoneState } from './voiceController.ts';
export { clockText, finalAnswer, planShare, runningTurnIds, workOf, workState } from './work.ts';
