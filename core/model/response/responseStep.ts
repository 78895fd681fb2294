import { assertNever } from '../../base/index.ts';
import { isCall, type ModelError, type ModelEvent, type ResponseItem } from '../contract/index.ts';
import { emptyAnswerError, failureOf, incompleteError, streamErrorOf } from './failures.ts';
import {
  isAnnounced,
  isFinished,
  isLate,
  openForDelta,
  openForDone,
  type OpenItem,
  openItem,
  type OutputItems,
  outputsOf,
  partialItem,
  type Place,
  placeOf,
} from './outputItems.ts';
import { rateLimitsFromEvent } from './rateLimits.ts';
import { usageOf } from './usage.ts';
import type { ResponseObject, WireEvent } from './wireEvents.ts';

/** How far the answer of one attempt has come. */
export type ResponseState = OutputItems & {
  /** Makes ids for items that the provider gave none; unique per attempt. */
  readonly idPrefix: string;
  readonly responseId: string | undefined;
};

export type ResponseEnd =
  | { readonly type: 'completed' }
  | {
      readonly type: 'failed';
      readonly error: ModelError;
      /** What the model is told when it is asked again, where it was its own words that ended it. */
      readonly note?: string;
    };

export type ResponseStep = {
  readonly state: ResponseState;
  readonly events: readonly ModelEvent[];
  readonly end?: ResponseEnd;
};

export function initialResponse(idPrefix: string): ResponseState {
  return { idPrefix, responseId: undefined, open: [], done: [] };
}

/** Takes one wire event into account; pure, so that every odd order is a row of a table. */
export function step(state: ResponseState, event: WireEvent): ResponseStep {
  switch (event.type) {
    case 'response.created':
      return created(state, event.response);
    case 'response.output_item.added':
      return added(state, placeOf(event, event.item), event.item);
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      return change(state, placeOf(event), 'message', (open) => ({
        next: { ...open, text: open.text + event.delta },
        event: { type: 'textDelta', itemId: open.itemId, delta: event.delta },
      }));
    case 'response.reasoning_summary_part.added': {
      const summaryIndex = event.summary_index ?? 0;
      return change(state, placeOf(event), 'reasoning', (open) => ({
        next: open,
        event: { type: 'reasoningSummaryPartAdded', itemId: open.itemId, summaryIndex },
      }));
    }
    case 'response.reasoning_summary_text.delta': {
      const { delta } = event;
      const summaryIndex = event.summary_index ?? 0;
      return change(state, placeOf(event), 'reasoning', (open) => ({
        next: { ...open, summary: appendAt(open.summary, summaryIndex, delta) },
        event: { type: 'reasoningSummaryDelta', itemId: open.itemId, summaryIndex, delta },
      }));
    }
    case 'response.reasoning_text.delta': {
      const { delta } = event;
      const contentIndex = event.content_index ?? 0;
      return change(state, placeOf(event), 'reasoning', (open) => ({
        next: { ...open, reasoning: appendAt(open.reasoning, contentIndex, delta) },
        event: { type: 'reasoningDelta', itemId: open.itemId, contentIndex, delta },
      }));
    }
    case 'response.custom_tool_call_input.delta': {
      // Only for whoever watches: what a call is called with comes whole with its item.
      const call = openForDelta(state, placeOf(event), 'custom_tool_call');
      if (call === undefined) return { state, events: [] };
      const { itemId } = call;
      return { state, events: [{ type: 'callInputDelta', itemId, delta: event.delta }] };
    }
    case 'response.output_item.done':
      return done(state, placeOf(event, event.item), event.item);
    case 'response.completed':
      return completed(state, event.response);
    case 'response.failed':
      return { state, events: [], end: { type: 'failed', error: failureOf(event.response.error) } };
    case 'response.incomplete': {
      const reason = event.response.incomplete_details?.reason ?? undefined;
      if (reason === 'interrupted') return interruptedOnRequest(state, event.response);
      const error = incompleteError(reason);
      const note = reason === 'content_filter' ? { note: FILTERED_NOTE } : {};
      return { state, events: [], end: { type: 'failed', error, ...note } };
    }
    case 'response.cancelled':
      return {
        state,
        events: [],
        end: { type: 'failed', error: failureOf({ message: 'The provider cancelled it.' }) },
      };
    case 'error':
      return { state, events: [], end: { type: 'failed', error: streamErrorOf(event) } };
    case 'response.metadata':
      // It carries headers, which are read where those of an answer are.
      return { state, events: [] };
    case 'codex.rate_limits':
      return {
        state,
        events: rateLimitsFromEvent(event).map((snapshot) => ({ type: 'rateLimits', snapshot })),
      };
    default:
      return assertNever(event, 'stream event');
  }
}

const FILTERED_NOTE =
  "The provider's content filter stopped your last answer. Answer again, and leave out what may have stopped it.";

/** It stopped on request; what it had not finished is not kept, and it has more to say. */
function interruptedOnRequest(before: ResponseState, response: ResponseObject): ResponseStep {
  const { state, events } = interrupt(before);
  const end: ModelEvent = {
    type: 'completed',
    responseId: response.id ?? state.responseId ?? '',
    usage: usageOf(response.usage),
    endTurn: false,
  };
  return { state, events: [...events, end], end: { type: 'completed' } };
}

/** The stream is over for whatever reason: closes what is open, with what had come of it. */
export function interrupt(state: ResponseState): ResponseStep {
  const events = state.open.map((open): ModelEvent => ({
    type: 'itemInterrupted',
    itemId: open.itemId,
    item: partialItem(open),
  }));
  return { state: { ...state, open: [] }, events };
}

/** Reads a whole answer that came as one JSON object instead of a stream. */
export function stepWhole(state: ResponseState, response: ResponseObject): ResponseStep {
  if (response.status === 'failed' || response.error) {
    return step(state, { type: 'response.failed', response });
  }
  const first = created(state, response);
  const items = outputs(first.state, response);
  const last = step(
    items.state,
    response.status === 'incomplete'
      ? { type: 'response.incomplete', response }
      : { type: 'response.completed', response },
  );
  return { ...last, events: [...first.events, ...items.events, ...last.events] };
}

function created(state: ResponseState, response: ResponseObject): ResponseStep {
  // Some servers repeat it; the first one counts.
  if (state.responseId !== undefined || typeof response.id !== 'string') {
    return { state, events: [] };
  }
  return {
    state: { ...state, responseId: response.id },
    events: [{ type: 'created', responseId: response.id }],
  };
}

function added(state: ResponseState, place: Place, item: ResponseItem): ResponseStep {
  if (isAnnounced(state, place, item) || isFinished(state, place, item)) {
    return { state, events: [] };
  }
  const open = openItem(state, state.idPrefix, place, item);
  return { state: { ...state, open: [...state.open, open] }, events: [announce(open)] };
}

/** Applies a delta to its item, opening the item first where the server forgot to. */
function change(
  state: ResponseState,
  place: Place,
  kind: 'message' | 'reasoning',
  apply: (open: OpenItem) => { next: OpenItem; event: ModelEvent },
): ResponseStep {
  const known = openForDelta(state, place, kind);
  if (known === undefined) {
    if (isLate(state, place, kind)) return { state, events: [] };
    const opened = openItem(state, state.idPrefix, place, emptyItem(kind, place));
    const { next, event } = apply(opened);
    return {
      state: { ...state, open: [...state.open, next] },
      events: [announce(opened), event],
    };
  }
  const { next, event } = apply(known);
  const open = state.open.map((other) => (other === known ? next : other));
  return { state: { ...state, open }, events: [event] };
}

function done(state: ResponseState, place: Place, item: ResponseItem): ResponseStep {
  const known = openForDone(state, place, item);
  if (known !== undefined) return finish(state, known, item);
  if (isFinished(state, place, item)) return { state, events: [] };
  const opened = openItem(state, state.idPrefix, place, item);
  const { events, ...rest } = finish(state, opened, item);
  return { ...rest, events: [announce(opened), ...events] };
}

function finish(state: ResponseState, open: OpenItem, item: ResponseItem): ResponseStep {
  const { itemId, givenId, outputIndex } = open;
  return {
    state: {
      ...state,
      open: state.open.filter((other) => other !== open),
      done: [...state.done, { itemId, givenId, outputIndex, item }],
    },
    events: [{ type: 'itemDone', itemId, item }],
  };
}

function completed(before: ResponseState, response: ResponseObject): ResponseStep {
  let state = before;
  const events: ModelEvent[] = [];
  const take = (next: ResponseStep): void => {
    ({ state } = next);
    events.push(...next.events);
  };
  take(outputs(state, response));
  // A message that was never closed is whole all the same: the response says that it is complete.
  for (const open of state.open) {
    if (open.item.type === 'message') take(finish(state, open, partialItem(open)));
  }
  take(interrupt(state));
  const usage = usageOf(response.usage);
  if (state.done.length === 0 && usage === undefined && hasValue(response.usage)) {
    // An answer of nothing, told in a form that cannot be read, is none.
    return { state, events, end: { type: 'failed', error: emptyAnswerError() } };
  }
  events.push({
    type: 'completed',
    responseId: response.id ?? state.responseId ?? '',
    usage,
    endTurn: response.end_turn ?? undefined,
  });
  return { state, events, end: { type: 'completed' } };
}

/**
 * Takes the items of a response object as if each had just been finished. A server that streams items
 * repeats them here, some under other ids, so of those only calls count, and only where none has been
 * streamed; one that does not stream them has them here alone.
 */
function outputs(before: ResponseState, response: ResponseObject): ResponseStep {
  const isMissing =
    before.done.length === 0
      ? (): boolean => true
      : (item: ResponseItem): boolean =>
          isCall(item) && !before.done.some((known) => isCall(known.item));
  let state = before;
  const events: ModelEvent[] = [];
  for (const { place, item } of outputsOf(response.output)) {
    if (!isMissing(item)) continue;
    const next = done(state, place, item);
    ({ state } = next);
    events.push(...next.events);
  }
  return { state, events };
}

const hasValue = (value: unknown): boolean => value !== undefined && value !== null;

function emptyItem(kind: 'message' | 'reasoning', place: Place): ResponseItem {
  const id = place.id ?? null;
  return kind === 'message'
    ? { type: 'message', id, role: 'assistant', content: [] }
    : { type: 'reasoning', id, summary: [] };
}

function announce(open: OpenItem): ModelEvent {
  return { type: 'itemAdded', itemId: open.itemId, item: open.item };
}

function appendAt(parts: readonly string[], index: number, delta: string): readonly string[] {
  const next = [...parts];
  while (next.length <= index) next.push('');
  next[index] = (next[index] ?? '') + delta;
  return next;
}
