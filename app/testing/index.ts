export { FakeEngine } from './fakeEngine.ts';
export { FakeMedia } from './fakeMedia.ts';
export { sampleStart, sampleThread, sampleTurn } from './samples.ts';
export { waitFor } from './waitFor.ts';
