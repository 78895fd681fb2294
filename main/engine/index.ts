export type { AppServerArgs, EngineArgs } from './appServerArgs.ts';
export { CommandError } from './commandError.ts';
export { useCompileCache } from './compileCache.ts';
export { loadEngine } from './engineDoor.ts';
export { exitCodeOf, failureLine } from './failure.ts';
export { answerFirstLine } from './firstLine.ts';
export { hostClock } from './hostClock.ts';
export { listenHttp } from './httpListen.ts';
export { readListenAddress } from './listenAddress.ts';
export { homeFolder, workingFolder } from './machineFacts.ts';
export {
  closeHttp,
  createSocketAcceptor,
  listenForClients,
  type Listener,
  refuseUpgrade,
  type SocketAcceptor,
} from './socketListener.ts';
export { type StartDeps, startEngine } from './startEngine.ts';
export { serveProcess } from './serving.ts';
