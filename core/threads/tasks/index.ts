export { modelRequestOf, regularTurn, traceOf } from './regular/index.ts';
export type { StartTask, TaskContext, TurnInput, TurnOutcome, TurnTask } from './task.ts';
export { TurnItems, type UserMessage } from './turnItems.ts';
