export { evaluate, formatNumber } from './arithmetic.ts';
export { createPracticeRealtimeModel } from './practiceModel.ts';
export type {
  ModelContext,
  ModelItem,
  ModelOutput,
  RealtimeModel,
  HeardAudio,
  TranscriberPort,
} from './realtimeModel.ts';
export { RealtimeScript, parseRealtimeScript } from './script.ts';
export { createScriptedRealtimeModel } from './scriptedModel.ts';
