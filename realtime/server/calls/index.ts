export type { CallMedia } from './callMedia.ts';
export { CallRegistry } from './callRegistry.ts';
