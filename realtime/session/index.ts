export type { FunctionCall, OutputAudio, SessionEnd, SessionEvent } from './events.ts';
export {
  type OutgoingMessage,
  RealtimeSession,
  type RealtimeSessionOptions,
  type SessionChange,
} from './session.ts';
export {
  type ConversationConfig,
  type Interruption,
  type SessionConfig,
  sessionUpdate,
} from './sessionConfig.ts';
export type { TranscriptLine, TranscriptRole } from './transcript.ts';
export type { Heard } from './truncation.ts';
