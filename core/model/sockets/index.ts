export { type SocketAccess, SocketCircuitBreaker } from './circuitBreaker.ts';
export { createNodeSockets } from './nodeSockets.ts';
export type { ModelSocket, SocketOpening, SocketPort, SocketRequest } from './socketPort.ts';
