export { evaluate, formatNumber } from './arithmetic.ts';
export type {
  BrainContext,
  BrainItem,
  BrainOutput,
  ConversationBrain,
  HeardAudio,
  TranscriberPort,
} from './brain.ts';
export { createPracticeBrain } from './practiceBrain.ts';
export {
  type HttpRoute,
  type RealtimeServer,
  type RealtimeServerLogEntry,
  type RealtimeServerOptions,
  startRealtimeServer,
} from './realtimeServer.ts';
export { parseRealtimeScript, RealtimeScript } from './script.ts';
export { createScriptedBrain } from './scriptedBrain.ts';
