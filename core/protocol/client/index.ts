export {
  AppServerClient,
  type ClientEvents,
  ConnectionClosedError,
  RpcResponseError,
} from './client.ts';
export type { AskedRequest, ServerRequestHandler } from './incomingRequests.ts';
export { type PortMark, readPortMark } from './portMark.ts';
export type { Transport } from './transport.ts';
