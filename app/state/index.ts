export { Assistant } from './assistant.ts';
export { fastCommand, type FastState } from './fastMode.ts';
export { estimatedShare, type HeardItem, heardShare, splitAtShare } from './heard.ts';
export type {
  AgentItem,
  Entry,
  NoteEntry,
  RecordingEntry,
  Speaker,
  TurnEntry,
  VoiceLine,
} from './lines.ts';
export { type Connection, isCall, type VoiceLinkState } from './linkStep.ts';
export type { RecordingState } from './recording.ts';
export type { QuestionEntry } from './questions.ts';
export type { Settings } from './settings.ts';
export { endsSoon, type SessionFacts } from './sessionFacts.ts';
export { Store } from './store.ts';
export { groupByDay } from './threads.ts';
export { isVoiceOn, STAGE_WORDS, type VoiceState, voiceWord } from './voice.ts';
export type { MicrophoneState } from './microphoneControl.ts';
export { kindsText } from './usage.ts';
export {
  clockText,
  finalAnswer,
  plainWords,
  planShare,
  runningTurnIds,
  workOf,
  workState,
} from './work.ts';
