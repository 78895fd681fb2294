import { assertNever } from '../../../core/base/index.ts';
import type { ActiveResponse, ResponseOutcome, SessionState } from './state.ts';
import { describeUsage } from './usage.ts';

/** The `response` of `response.created` and `response.done` (realtime-v2 §21.4). */
export function describeResponse(
  state: SessionState,
  response: ActiveResponse,
  outcome?: ResponseOutcome,
): Record<string, unknown> {
  const { options } = response;
  return {
    object: 'realtime.response',
    id: response.id,
    status: outcome?.status ?? 'in_progress',
    status_details: outcome === undefined ? null : describeOutcome(outcome),
    output: response.output,
    conversation_id: response.inConversation ? state.conversationId : null,
    output_modalities: [response.modality],
    max_output_tokens: options.max_output_tokens ?? state.session.maxOutputTokens,
    audio: {
      output: { format: state.session.output.format, voice: state.session.output.voice },
    },
    usage: outcome === undefined ? null : describeUsage(response),
    metadata: options.metadata ?? null,
  };
}

function describeOutcome(outcome: ResponseOutcome): Record<string, unknown> | null {
  switch (outcome.status) {
    case 'completed':
      return null;
    case 'cancelled':
    case 'incomplete':
      return { type: outcome.status, reason: outcome.reason };
    case 'failed': {
      const { code, message } = outcome;
      return { type: 'failed', error: { type: 'server_error', code, message } };
    }
    default:
      return assertNever(outcome, 'response outcome');
  }
}

/** Nothing is rationed here; the figures only have the shape of a provider's. */
export const RATE_LIMITS = [
  { name: 'requests', limit: 1_000_000, remaining: 1_000_000, reset_seconds: 0 },
  { name: 'tokens', limit: 1_000_000, remaining: 1_000_000, reset_seconds: 0 },
] as const;
