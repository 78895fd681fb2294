export type { ModelClientOptions, ModelLog } from './clientOptions.ts';
export { httpTransport } from './httpTransport.ts';
export {
  type Answer,
  type AnswerPart,
  type Exchange,
  type FinishedResponse,
  StaleSocketError,
  type ResponsesTransport,
} from './responsesTransport.ts';
export { unlessAborted } from './unlessAborted.ts';
