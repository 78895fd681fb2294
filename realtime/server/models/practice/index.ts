export { evaluate, formatNumber } from './arithmetic.ts';
export type { PracticeAgent } from './practiceAgent.ts';
export { createPracticeRealtimeModel, type PracticeModelPorts } from './practiceModel.ts';
export { assess, type Situation } from './situation.ts';
