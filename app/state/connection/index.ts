export { EngineLink } from './engineLink.ts';
export { type NetworkEvents, watchNetwork } from './networkWatch.ts';
