export { EngineLink, type LinkState } from './engineLink.ts';
export { type NetworkEvents, watchNetwork } from './networkWatch.ts';
export { isOfThread, type ThreadNotice } from './threadNotice.ts';
