export { nodeTalkFiles } from './nodeFiles.ts';
export type { TalkDeps, TalkFiles, TalkIo, TalkOptions } from './options.ts';
export type { TalkEvent } from './report.ts';
export { runTalk } from './runTalk.ts';
