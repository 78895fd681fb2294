export { readListenAddress } from './listenAddress.ts';
export { listenHttp, PortInUseError } from './listenHttp.ts';
export { refuseUpgrade } from './refuseUpgrade.ts';
export { readSocketAuth, type SocketAuthFlags } from './socketAuth.ts';
export {
  createSocketAcceptor,
  type Listener,
  listenForClients,
  type SocketAcceptor,
} from './socketListener.ts';
