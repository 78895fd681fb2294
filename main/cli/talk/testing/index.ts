export { FakeEngine, THREAD_ID } from './fakeEngine.ts';
export { MemoryFiles } from './memoryFiles.ts';
