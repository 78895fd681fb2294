export {
  BRIDGE_KEY,
  type HostBridge,
  type MessageChannelLike,
  type ShellBridge,
} from './contract.ts';
export { HostError, type HostErrorCode } from './hostError.ts';
export { findHostBridge } from './hostBridge.ts';
