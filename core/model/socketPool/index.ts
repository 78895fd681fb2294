export {
  afterHandshake,
  HandshakeError,
  type HandshakeFailure,
  type WhenToRemember,
} from './handshake.ts';
export { renewKey } from './renewKey.ts';
export { SocketPool } from './socketPool.ts';
export { socketTransport, wantsSockets } from './socketTransport.ts';
