export { ResponseBook } from './responseBook.ts';
export type { ResponseQueueInput, Running } from './responseQueue.ts';
export { ResponseScheduler } from './responseScheduler.ts';
