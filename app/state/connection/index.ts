export { EngineLink, type LinkState, type ThreadNotice } from './engineLink.ts';
export { type NetworkEvents, watchNetwork } from './networkWatch.ts';
