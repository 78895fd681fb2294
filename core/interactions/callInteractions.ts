import type { Clock } from '../base/index.ts';
import type { UserQuestion } from '../protocol/index.ts';
import type { InteractionRequest, Interactions } from './interactions.ts';
import type { InteractionKind, InteractionParams } from './kinds.ts';
import type { Outcome } from './outcome.ts';

export type ApprovalKind = Exclude<InteractionKind, 'userInput' | 'toolCall'>;

/** Keeps the members of a union apart, which `Omit` does not. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What a tool asks before it acts; where it asks and since when is added to it. */
export type ApprovalRequest<K extends ApprovalKind> = {
  readonly kind: K;
  /** `itemId` only where it is not the call's. */
  readonly params: Without<
    InteractionParams<K>,
    'threadId' | 'turnId' | 'itemId' | 'startedAtMs'
  > & { readonly itemId?: string };
  /** What an answer for the session would be remembered by, in the tool's own words. */
  readonly keys?: readonly string[];
};

/** What a tool call may wait for. None of it rejects; all of it ends when the call is stopped. */
export type CallInteractions = {
  /** Waits for the user as long as it takes. Every question has its entry in the answers. */
  readonly ask: (questions: readonly UserQuestion[]) => Promise<Outcome<'userInput'>>;
  /** Has a client run a tool that it offered. */
  readonly callClient: (
    call: Pick<InteractionParams<'toolCall'>, 'namespace' | 'tool' | 'arguments'>,
  ) => Promise<Outcome<'toolCall'>>;
  readonly requestApproval: <K extends ApprovalKind>(
    request: ApprovalRequest<K>,
  ) => Promise<Outcome<K>>;
};

export type CallOptions = {
  readonly interactions: Pick<Interactions, 'request'>;
  readonly clock: Clock;
  readonly turnId: string;
  /** The call's. */
  readonly itemId: string;
  /** Aborts when the call is stopped. */
  readonly signal: AbortSignal;
  /** How long people may take over an approval; silence is a no. */
  readonly approvalTimeoutMs: number;
  /** Ends the turn: somebody said no, and that it shall stop. */
  readonly interrupt: () => void;
};

/** The interactions of one tool call of a turn. */
export function callInteractions(options: CallOptions): CallInteractions {
  const { interactions, clock, turnId, itemId, signal, approvalTimeoutMs, interrupt } = options;
  return {
    ask: async (questions) =>
      interactions.request(
        {
          kind: 'userInput',
          params: {
            turnId,
            itemId,
            questions: [...questions],
            isBlocking: true,
            autoResolutionMs: null,
          },
        },
        { signal },
      ),
    callClient: async (call) =>
      interactions.request(
        { kind: 'toolCall', params: { turnId, callId: itemId, ...call } },
        { signal },
      ),
    requestApproval: async <K extends ApprovalKind>(request: ApprovalRequest<K>) => {
      // A tool server's question has no item: the server may ask it outside of any call.
      const item = request.kind === 'elicitation' ? {} : { itemId, startedAtMs: clock.nowMs() };
      const params = { turnId, ...item, ...request.params };
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was left out of this kind's parameters is back
      const whole = { ...request, params } as unknown as InteractionRequest<K>;
      const outcome = await interactions.request(whole, { signal, deadlineMs: approvalTimeoutMs });
      if (outcome.type === 'refused' && outcome.because === 'cancelled') interrupt();
      return outcome;
    },
  };
}
