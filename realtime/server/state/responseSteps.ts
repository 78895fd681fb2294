import * as z from 'zod';

import { ConversationItem, type ResponseOptions } from '../../protocol/index.ts';
import { closeOpenMessage } from './outputSteps.ts';
import { armIdle, closeDrained } from './playout.ts';
import { answerLater, askModel, closeAnswered, unansweredLast } from './heldResponses.ts';
import { describeResponse, RATE_LIMITS } from './responseWire.ts';
import { findToolFault } from '../config/index.ts';
import { failBroughtWords } from './transcriptSteps.ts';
import {
  type ActiveResponse,
  defaultResponse,
  type Draft,
  type Entry,
  type ResponseOutcome,
} from './state.ts';

/** `response.create`: one response at a time may write to the conversation (realtime-v2 §21.3). */
export function requestResponse(
  draft: Draft,
  options: ResponseOptions,
  eventId: string | undefined,
): void {
  const { state } = draft;
  if (state.session.type === 'transcription') {
    const message = 'A transcription session makes no responses.';
    draft.refuse({ code: 'invalid_request', message, eventId });
    return;
  }
  const active = defaultResponse(state);
  if (options.conversation !== 'none' && active !== undefined) {
    draft.refuse({
      code: 'conversation_already_has_active_response',
      message: `The conversation already has an active response: ${active.id}. Wait for its response.done before asking for another.`,
      eventId,
    });
    return;
  }
  const toolFault = findToolFault(options.tools ?? [], 'response.tools');
  if (toolFault !== undefined) {
    draft.refuse({ ...toolFault, eventId });
    return;
  }
  const context = gatherInput(state.entries, options.input);
  if (typeof context === 'string') {
    const param = 'response.input';
    draft.refuse({ code: 'invalid_value', message: context, param, eventId });
    return;
  }
  beginResponse(draft, options, context);
}

/** Starts a response that nothing stands in the way of. */
function beginResponse(
  draft: Draft,
  options: ResponseOptions = {},
  items: readonly Entry[] = unansweredLast(draft.state.entries),
): void {
  const { session } = draft.state;
  const limit = options.max_output_tokens ?? session.maxOutputTokens;
  const response: ActiveResponse = {
    id: draft.ports.newId('resp'),
    inConversation: options.conversation !== 'none',
    options,
    modality: options.output_modalities?.[0] ?? session.outputModality,
    maxOutputTokens: limit === 'inf' ? Infinity : limit,
    held: items,
    inputTokens: { text: 0, audio: 0 },
    output: [],
    open: undefined,
    textChars: 0,
    audioMs: 0,
    createdAtMs: draft.ports.nowMs(),
  };
  if (response.inConversation) {
    draft.do({ type: 'disarmIdle' });
    closeAnswered(draft);
  }
  draft.set({
    responses: [...draft.state.responses, response],
    ...(response.inConversation && { turnWaiting: false }),
  });
  draft.send({ type: 'response.created', response: describeResponse(draft.state, response) });
  askModel(draft);
}

/**
 * Asks for a response that reads the whole conversation, now or when the running one has ended; a session that
 * only writes down makes none.
 */
export function answerTurn(draft: Draft): void {
  if (draft.state.session.type === 'transcription') return;
  if (defaultResponse(draft.state) === undefined) beginResponse(draft);
  else draft.set({ turnWaiting: true });
}

/**
 * Something was written while an answer waits for the words of a turn: that answer, of which nothing
 * has been heard yet, is not what the writer waits for.
 */
export function giveWayToText(draft: Draft): void {
  const active = defaultResponse(draft.state);
  if (active?.held === undefined) return;
  answerLater(draft);
  endResponse(draft, active.id, { status: 'cancelled', reason: 'client_cancelled' });
}

/** Ends a response, once: what its model still says afterwards finds no response any more. */
export function endResponse(draft: Draft, responseId: string, outcome: ResponseOutcome): void {
  closeOpenMessage(draft, responseId, outcome.status === 'completed' ? 'completed' : 'incomplete');
  const response = draft.state.responses.find(({ id }) => id === responseId);
  if (response === undefined) return;
  draft.do({ type: 'stopResponse', responseId });
  draft.set({ responses: draft.state.responses.filter(({ id }) => id !== responseId) });
  if (response.inConversation) failBroughtWords(draft);
  const described = describeResponse(draft.state, response, outcome);
  draft.send({ type: 'response.done', response: described });
  draft.send({ type: 'rate_limits.updated', rate_limits: RATE_LIMITS });
  closeDrained(draft);
  if (!response.inConversation) return;
  if (draft.state.turnWaiting) answerTurn(draft);
  // The client cannot have heard everything yet, so the wait begins when it will have.
  else armIdle(draft, response.createdAtMs + response.audioMs);
}

/** `response.cancel`; with nothing to cancel it is a harmless error. */
export function cancelResponse(
  draft: Draft,
  responseId: string | undefined,
  eventId: string | undefined,
): void {
  const response =
    responseId === undefined
      ? defaultResponse(draft.state)
      : draft.state.responses.find(({ id }) => id === responseId);
  if (response === undefined) {
    const which = responseId === undefined ? '' : ` with id '${responseId}'`;
    draft.refuse({
      code: 'response_cancel_not_active',
      message: `Cancellation failed: there is no active response${which}.`,
      eventId,
    });
    return;
  }
  endResponse(draft, response.id, { status: 'cancelled', reason: 'client_cancelled' });
}

const Reference = z.looseObject({ type: z.literal('item_reference'), id: z.string() });
const ResponseInput = z.union([Reference, ConversationItem]);

/** What a response reads: the conversation, or exactly the items it was given. */
function gatherInput(
  entries: readonly Entry[],
  input: readonly unknown[] | undefined,
): readonly Entry[] | string {
  if (input === undefined) return unansweredLast(entries);
  const gathered: Entry[] = [];
  for (const [index, given] of input.entries()) {
    const parsed = ResponseInput.safeParse(given);
    if (!parsed.success) {
      return `Invalid value for 'response.input[${index}]': it is neither an item nor an item_reference.`;
    }
    if (parsed.data.type !== 'item_reference') {
      const item = { ...parsed.data, id: parsed.data.id ?? `input_${index}` };
      gathered.push({ item, audioMs: 0, spans: [] });
      continue;
    }
    const { id } = parsed.data;
    const entry = entries.find(({ item }) => item.id === id);
    if (entry === undefined)
      return `'response.input[${index}]' names the item '${id}', which does not exist.`;
    gathered.push(entry);
  }
  return gathered;
}
