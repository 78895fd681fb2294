export { type Incoming, readEnvelope } from './envelope.ts';
export { describeParamsError, describeResultError, invalidRequest, RpcError } from './errors.ts';
export { MAX_MESSAGE_BYTES } from './incoming.ts';
export {
  createLineTransport,
  type LineTransport,
  type LineTransportOptions,
} from './lineTransport.ts';
export { createMemoryTransportPair } from './memoryTransport.ts';
export { createPortTransport, type PortLike } from './portTransport.ts';
export { createSocketTransport } from './socketTransport.ts';
