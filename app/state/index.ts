export { Assistant } from './assistant.ts';
export { browserFrames, type Frames } from './frames.ts';
export type { Settings } from './settings.ts';
export { Store } from './store.ts';
