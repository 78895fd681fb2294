export { answerOffer, createCaller } from './calls.ts';
export {
  type AnsweredCall,
  type AnswerOptions,
  type CallEnd,
  type CallerOptions,
  type CallHandlers,
  type CallOptions,
  type CallPeer,
  type CallStats,
  FRAME_MS,
  FRAME_SAMPLES,
  type IceServer,
  type OutgoingCall,
  RtcAnswerError,
  RtcCallError,
  RtcOfferError,
  type SendOutcome,
} from './port.ts';
export { warmUp } from './warmUp.ts';
