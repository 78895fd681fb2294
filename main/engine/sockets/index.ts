export { readListenAddress } from './listenAddress.ts';
export { listenHttp, PortInUseError } from './listenHttp.ts';
export { readSocketAuth, type SocketAuthFlags } from './socketAuth.ts';
export {
  createSocketAcceptor,
  type Listener,
  listenForClients,
  refuseUpgrade,
  type SocketAcceptor,
} from './socketListener.ts';
