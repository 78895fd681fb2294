export { answerHeard, questionsAloud } from './aloud.ts';
export type { Answerer } from './answerers.ts';
export {
  type ApprovalKind,
  type ApprovalRequest,
  type CallInteractions,
  callInteractions,
} from './callInteractions.ts';
export type { AskedClient, ClientDesk, ClientRequest } from './clientDesk.ts';
export { Interactions } from './interactions.ts';
export type {
  Interaction,
  InteractionKind,
  InteractionParams,
  InteractionResponse,
} from './kinds.ts';
export type { Outcome, Refusal } from './outcome.ts';
export type { Consultation, Reply, Responder } from './responder.ts';
export type { ActiveFlag } from './row.ts';
