export { EngineProcess } from './engineProcess.ts';
export { FakeConnection, FakeEngine, type Reply } from './fakeEngine.ts';
