export { incrementOf, type Remembered } from './incremental.ts';
export { PREWARM, type TurnContext } from './turnMetadata.ts';
export {
  buildCompactRequest,
  buildHandshake,
  buildWireRequest,
  createFrame,
  endpointOf,
  interruptFrame,
  socketEndpointOf,
  socketRequestParts,
  type SocketRequestParts,
} from './wireRequest.ts';
