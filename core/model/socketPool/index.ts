export { afterHandshake, HandshakeError, type HandshakeFailure } from './handshake.ts';
export { SocketPool } from './socketPool.ts';
export { socketTransport, wantsSockets } from './socketTransport.ts';
