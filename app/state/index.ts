export { Assistant } from './assistant.ts';
export type { Settings } from './settings.ts';
export { Store } from './store.ts';
