export { createChannelTransport } from './channelTransport.ts';
export { BRIDGE_KEY, type HostBridge, type MessageChannelLike } from './contract.ts';
export { findHostBridge } from './hostBridge.ts';
