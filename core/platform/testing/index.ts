export { type LoggedLine, MemoryLogger } from './memoryLogger.ts';
export { ScriptedCommand } from './scriptedCommand.ts';
