export { FakeConnection, FakeEngine, type Reply } from './fakeEngine.ts';
