export { createEngine, type Engine, type EngineOptions } from './server/index.ts';
