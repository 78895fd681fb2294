export { compaction, isSummary } from './compaction/index.ts';
export { regularTurn } from './regular/index.ts';
export { modelRequestOf, traceOf } from './sampling/index.ts';
export type { StartTask, TaskContext, TurnInput, TurnOutcome, TurnTask } from './task.ts';
export { TurnItems, type UserMessage } from './turnItems.ts';
