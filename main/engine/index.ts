export {
  type AppServerArgs,
  type EngineArgs,
  exitCodeOf,
  failureLine,
  homeFolder,
  hostClock,
  useCompileCache,
  workingFolder,
} from './process/index.ts';
export type { FromChild, ToChild } from './child/index.ts';
export {
  listenOnSocket,
  type OpenDeps,
  type OpenedEngine,
  openEngine,
  socketPath,
} from './joining/index.ts';
export { CommandError } from './commandError.ts';
export { loadEngine } from './loadEngine.ts';
export { answerFirstLine } from './initialize/index.ts';
export {
  createSocketAcceptor,
  type ListenAddress,
  type Listener,
  listenForClients,
  listenHttp,
  PortInUseError,
  readListenAddress,
  readSocketAuth,
  refuseUpgrade,
  type SocketAcceptor,
  type SocketAuthFlags,
} from './sockets/index.ts';
export { serveProcess } from './serveProcess.ts';
