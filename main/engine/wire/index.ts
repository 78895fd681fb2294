export { createLineTransport } from './lineTransport.ts';
export { createMemoryTransportPair } from './memoryTransport.ts';
export { createPortTransport, type PortLike } from './portTransport.ts';
export { createSocketTransport } from './socketTransport.ts';
