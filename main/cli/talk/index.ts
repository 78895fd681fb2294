export { nodeTalkFiles } from './nodeFiles.ts';
export type { TalkDeps, TalkFiles, TalkIo, TalkOptions } from './options.ts';
export type { TalkEvent } from './output/index.ts';
export { runTalk } from './runTalk.ts';
