export { readyAssistant, say, started, talkingAssistant, threadId } from './assistants.ts';
export { FakeEngine } from './fakeEngine.ts';
export { FakeMedia } from './fakeMedia.ts';
export { sampleStart, sampleThread, sampleTurn } from './samples.ts';
export { waitFor } from './waitFor.ts';
