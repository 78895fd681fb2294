export { evaluate, formatNumber } from './arithmetic.ts';
export type { PracticeAgent } from './practiceAgent.ts';
export { createPracticeRealtimeModel, type PracticeModelPorts } from './practiceModel.ts';
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
