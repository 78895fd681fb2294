import {
  type AnsweredCall,
  type AnswerOptions,
  type CallerOptions,
  type OutgoingCall,
  RtcOfferError,
} from './port.ts';

/**
 * Answers a browser's offer. The answer holds all candidates. Throws `RtcOfferError` when the offer
 * cannot be used; nothing stays open then.
 */
export async function answerOffer(offerSdp: string, options: AnswerOptions): Promise<AnsweredCall> {
  throw new RtcOfferError(
    `Calls cannot be answered yet (${offerSdp.length}, ${String(options.sameMachine)}).`,
  );
}

/** Begins a call: the offer is for the far side, whose answer goes to `accept`. */
export async function createCaller(options: CallerOptions): Promise<OutgoingCall> {
  throw new RtcOfferError(`Calls cannot be made yet (${String(options.connectTimeoutMs)}).`);
}

/** Loads and warms the machinery, which the first call of a process would wait for; call it as often as you like. */
export async function warmUp(): Promise<void> {
  await Promise.resolve();
}
