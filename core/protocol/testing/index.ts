export {
  FAST_FEATURE,
  sampleModel,
  sampleSpoken,
  sampleStart,
  sampleThread,
  sampleTurn,
} from './samples.ts';
export { type EngineHandlers, ScriptedEngine } from './scriptedEngine.ts';
