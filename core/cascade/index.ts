export { startCascadeServer } from './cascadeServer.ts';
export type { CascadeEnds } from './ends.ts';
export { type TriedEnd, tryCascade } from './tryCascade.ts';
export type { SpeechEndpoint } from './endpoint.ts';
