export { type ChildChannel, serveChild } from './childServer.ts';
export type { FromChild, ToChild } from './messages.ts';
