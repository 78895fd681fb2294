export { socketPath } from './claimSocket.ts';
export { listenOnSocket } from './hostOn.ts';
export { openEngine, type OpenedEngine, type OpenDeps } from './openEngine.ts';
