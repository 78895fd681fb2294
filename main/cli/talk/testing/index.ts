export { THREAD_ID } from './fakeEngine.ts';
export { INPUT_MS, question, TalkRun } from './talkRun.ts';
