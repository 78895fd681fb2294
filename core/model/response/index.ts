export { AnswerBound, checkItemCount } from './answerBound.ts';
export { readParts, type StreamPart, StreamTooLargeError } from './eventStream.ts';
export { brokenStreamError, connectionError, credentialError, statusError } from './failures.ts';
export { usageOf } from './usage.ts';
export { mergeRateLimits, rateLimitsFromEvent } from './rateLimits.ts';
export { factsFromHeaders } from './responseHeaders.ts';
export {
  initialResponse,
  interrupt,
  type ResponseState,
  type ResponseStep,
  step,
  stepWhole,
} from './responseStep.ts';
export {
  type DecodedWhole,
  type DecodedWireEvent,
  decodeWhole,
  decodeWireEvent,
  type WireEvent,
} from './wireEvents.ts';
