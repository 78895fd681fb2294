export { ModelClient } from './client.ts';
export type { ModelClientSession, StreamOptions } from './session.ts';
