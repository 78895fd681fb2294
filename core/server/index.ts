export { createEngine, type Engine } from './engine.ts';
export type { EngineOptions } from './engineOptions.ts';
