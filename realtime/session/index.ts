export type { FunctionCall, OutputAudio, SessionEnd, SessionEvent } from './events.ts';
export type { Cut, Heard } from './truncation.ts';
export { RealtimeSession, type RealtimeSessionOptions, type SessionChange } from './session.ts';
export {
  BACKGROUND_AGENT_TOOL,
  conversationSession,
  type Interruption,
  type SessionConfig,
} from './sessionConfig.ts';
export type { TranscriptLine, TranscriptRole } from './transcript.ts';
