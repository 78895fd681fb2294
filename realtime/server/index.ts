export {
  calculate,
  type Form,
  type Forms,
  formatNumber,
  matchForms,
  phrase,
  sayableNow,
} from './models/index.ts';
export type {
  ModelContext,
  ModelItem,
  ModelOutput,
  RealtimeModel,
  Sayable,
  HeardAudio,
  TimedWord,
  Transcriber,
  Transcript,
  Transcription,
  TranscriptionTurn,
} from './models/index.ts';
export {
  createPracticeRealtimeModel,
  createPracticeTranscriber,
  type PracticeAgent,
  type PracticeModelPorts,
  type PracticeTranscriberPorts,
} from './models/index.ts';
export type { CallMedia } from './calls/index.ts';
export { type RealtimeServer, startRealtimeServer } from './realtimeServer.ts';
export { parseRealtimeScript, RealtimeScript } from './models/index.ts';
export { createScriptedRealtimeModel } from './models/index.ts';
export type { HttpRoute, RouteMatch, SocketRoute } from './http/index.ts';
export type { EventLine } from './lines/index.ts';
export type { JoinedLine } from './session/index.ts';
export type { RealtimeServerLogEntry, RealtimeServerOptions } from './serverOptions.ts';
