export { FAST_FEATURE, sampleModel, sampleStart, sampleThread, sampleTurn } from './samples.ts';
export { type EngineHandlers, ScriptedEngine } from './scriptedEngine.ts';
