export {
  calculate,
  createPracticeRealtimeModel,
  createPracticeTranscriber,
  type Form,
  type Forms,
  formatNumber,
  matchForms,
  phrase,
  sayableNow,
  type PracticeAgent,
  type PracticeModelPorts,
  type PracticeTranscriberPorts,
} from './practice/index.ts';
export type {
  ModelContext,
  ModelItem,
  ModelOutput,
  RealtimeModel,
  Sayable,
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
