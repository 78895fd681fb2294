export { FarSocket } from './farSocket.ts';
export { Growing, Sequence } from './growing.ts';
export { listenOnLoopback, type LoopbackServer, upgradeRefusal } from './loopback.ts';
export { type LoggedLine, MemoryLogger } from './memoryLogger.ts';
export { ScriptedCommand } from './scriptedCommand.ts';
