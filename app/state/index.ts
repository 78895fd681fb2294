export { Assistant } from './assistant.ts';
export { estimatedShare, type HeardItem, heardShare, splitAtShare } from './heard.ts';
export type { AgentItem, Entry, NoteEntry, Speaker, TurnEntry, VoiceLine } from './lines.ts';
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
