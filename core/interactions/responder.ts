import type { UserAnswers } from '../protocol/index.ts';
import type { Answerer } from './answerers.ts';
import type { Interaction, InteractionKind, InteractionResponse } from './kinds.ts';

export type Reply =
  /** Yes, as far as it was asked for. */
  | { readonly type: 'allow' }
  /** No; `words` are for the model. */
  | { readonly type: 'deny'; readonly words?: string }
  /** An answer of the kind's own shape. */
  | { readonly type: 'answer'; readonly response: InteractionResponse<InteractionKind> }
  /** Nothing to say to it. */
  | { readonly type: 'pass' };

export type Consultation = {
  /** Aborts when nobody waits for the reply any more; what comes later is passed over. */
  readonly signal: AbortSignal;
  /** Who gave the answer that counts; undefined while there is none, and where nobody did. */
  readonly answeredBy: () => Answerer | undefined;
  /** Some of its questions have been answered; clients are told. Passed over when it is settled. */
  readonly answerPartly: (answers: UserAnswers) => void;
};

/** Somebody who may answer interactions of a thread beside its clients. */
export interface Responder {
  readonly role: Exclude<Answerer, 'client'>;
  /**
   * Asked once for each interaction, when its turn has come; people's when it opens, or when they
   * join. Takes as long as it takes. A rejection counts as failure.
   */
  respond(interaction: Interaction, consultation: Consultation): Promise<Reply>;
}
