export { readListenAddress } from './listenAddress.ts';
export { listenHttp } from './listenHttp.ts';
export {
  closeHttp,
  createSocketAcceptor,
  type Listener,
  listenForClients,
  refuseUpgrade,
  type SocketAcceptor,
} from './socketListener.ts';
