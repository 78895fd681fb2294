export { INPUT_MS, question, TalkRun, THREAD_ID } from './talkRun.ts';
