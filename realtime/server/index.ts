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
export type { CallMedia } from './callMedia.ts';
export { type RealtimeServer, startRealtimeServer } from './realtimeServer.ts';
export { parseRealtimeScript, RealtimeScript } from './script.ts';
export { createScriptedBrain } from './scriptedBrain.ts';
export type { HttpRoute, RealtimeServerLogEntry, RealtimeServerOptions } from './serverOptions.ts';
