export {
  createPracticeRealtimeModel,
  evaluate,
  formatNumber,
  type PracticeAgent,
  type PracticeModelPorts,
} from './practice/index.ts';
export type {
  ModelContext,
  ModelItem,
  ModelOutput,
  RealtimeModel,
  HeardAudio,
} from './realtimeModel.ts';
export { RealtimeScript, parseRealtimeScript } from './script.ts';
export { createScriptedRealtimeModel } from './scriptedModel.ts';
export type {
  TimedWord,
  Transcriber,
  Transcript,
  Transcription,
  TranscriptionTurn,
} from './transcriber.ts';
