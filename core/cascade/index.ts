export { type CascadeOptions, startCascadeServer } from './cascadeServer.ts';
export type { SpeechEndpoint } from './endpoint.ts';
