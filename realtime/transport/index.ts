export { frameText } from './frameText.ts';
export { createMemoryWirePair } from './memoryWire.ts';
export { watchSocket } from './watchSocket.ts';
export { connectWebSocketWire, type WebSocketWireOptions } from './webSocketWire.ts';
export {
  type ConnectFailure,
  RealtimeConnectError,
  type RealtimeWire,
  statusFailure,
  type WireClose,
} from './wire.ts';
