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
  TranscriberPort,
} from './realtimeModel.ts';
export { RealtimeScript, parseRealtimeScript } from './script.ts';
export { createScriptedRealtimeModel } from './scriptedModel.ts';
