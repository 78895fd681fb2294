export { type ListenAddress, readListenAddress } from './listenAddress.ts';
export { listenHttp, PortInUseError } from './listenHttp.ts';
export { refuseUpgrade } from './refuseUpgrade.ts';
export { readSocketAuth, type SocketAuthFlags } from './socketAuth.ts';
export {
  createSocketAcceptor,
  type Listener,
  listenForClients,
  probeStatus,
  type SocketAcceptor,
  type SocketAdmission,
} from './socketListener.ts';
