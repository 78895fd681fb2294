export { type AppServerArgs, type EngineArgs, readAppServerArgs } from './appServerArgs.ts';
export { useCompileCache } from './compileCache.ts';
export { exitCodeOf, failureLine } from './failure.ts';
export { hostClock } from './hostClock.ts';
export { homeFolder, workingFolder } from './machineFacts.ts';
