export { LevelLine } from './levelLine.ts';
export { createReport, type TalkEvent, type TalkReport } from './report.ts';
