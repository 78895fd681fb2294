export { CallAnswers } from './callAnswers.ts';
export { ResponseBook } from './responseBook.ts';
export {
  type ResponseQueueEffect,
  type ResponseQueueInput,
  type ResponseQueueState,
  initialResponseQueue,
  plainWant,
  step,
} from './responseQueue.ts';
