export { buildIfStale, LAUNCHER } from './builtProduct.ts';
export { childPidsOf, isRunning } from './childProcesses.ts';
export { EngineProcess } from './engineProcess.ts';
export { FakeConnection, FakeEngine, type Reply } from './fakeEngine.ts';
export { HostProcess } from './hostProcess.ts';
