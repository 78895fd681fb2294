export { createAudioRoutes } from './audioRoutes.ts';
