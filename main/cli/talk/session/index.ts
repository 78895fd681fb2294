export { TalkSession } from './talkSession.ts';
