import { assertNever } from '../../base/index.ts';
import { itemIdOf, type ModelError, type ModelEvent, ResponseItem } from '../contract/index.ts';
import { failureOf, incompleteError, streamErrorOf } from './failures.ts';
import { rateLimitsFromEvent } from './rateLimits.ts';
import { usageOf } from './usage.ts';
import type { ResponseObject, WireEvent } from './wireEvents.ts';

type OpenItem = {
  readonly itemId: string;
  readonly outputIndex: number | undefined;
  readonly item: ResponseItem;
  readonly text: string;
  readonly summary: readonly string[];
  readonly reasoning: readonly string[];
};

/** How far the answer of one attempt has come. */
export type ResponseState = {
  /** Makes ids for items that the provider gave none; unique per attempt. */
  readonly idPrefix: string;
  readonly responseId: string | undefined;
  readonly open: readonly OpenItem[];
  readonly done: readonly DoneItem[];
};
type DoneItem = {
  readonly itemId: string;
  readonly outputIndex: number | undefined;
  readonly item: ResponseItem;
};

export type ResponseStep = {
  readonly state: ResponseState;
  readonly events: readonly ModelEvent[];
  readonly end?:
    | { readonly type: 'completed' }
    | { readonly type: 'failed'; readonly error: ModelError };
};

export function initialResponse(idPrefix: string): ResponseState {
  return { idPrefix, responseId: undefined, open: [], done: [] };
}

type Place = {
  readonly item_id?: string | null | undefined;
  readonly output_index?: number | null | undefined;
};

/** Takes one wire event into account; pure, so that every odd order is a row of a table. */
export function step(state: ResponseState, event: WireEvent): ResponseStep {
  switch (event.type) {
    case 'response.created':
      return created(state, event.response);
    case 'response.output_item.added':
      return added(state, event, event.item);
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      return change(state, event, 'message', (open) => ({
        next: { ...open, text: open.text + event.delta },
        event: { type: 'textDelta', itemId: open.itemId, delta: event.delta },
      }));
    case 'response.reasoning_summary_part.added': {
      const summaryIndex = event.summary_index ?? 0;
      return change(state, event, 'reasoning', (open) => ({
        next: open,
        event: { type: 'reasoningSummaryPartAdded', itemId: open.itemId, summaryIndex },
      }));
    }
    case 'response.reasoning_summary_text.delta': {
      const { delta } = event;
      const summaryIndex = event.summary_index ?? 0;
      return change(state, event, 'reasoning', (open) => ({
        next: { ...open, summary: appendAt(open.summary, summaryIndex, delta) },
        event: { type: 'reasoningSummaryDelta', itemId: open.itemId, summaryIndex, delta },
      }));
    }
    case 'response.reasoning_text.delta': {
      const { delta } = event;
      const contentIndex = event.content_index ?? 0;
      return change(state, event, 'reasoning', (open) => ({
        next: { ...open, reasoning: appendAt(open.reasoning, contentIndex, delta) },
        event: { type: 'reasoningDelta', itemId: open.itemId, contentIndex, delta },
      }));
    }
    case 'response.output_item.done':
      return done(state, event, event.item);
    case 'response.completed':
      return completed(state, event.response);
    case 'response.failed':
      return { state, events: [], end: { type: 'failed', error: failureOf(event.response.error) } };
    case 'response.incomplete': {
      const reason = event.response.incomplete_details?.reason ?? undefined;
      if (reason === 'interrupted') return interruptedOnRequest(state, event.response);
      return { state, events: [], end: { type: 'failed', error: incompleteError(reason) } };
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
  const at = { item_id: itemIdOf(item), output_index: place.output_index };
  if (findOpen(state, at) !== undefined || isKnownItem(state, at, item)) {
    return { state, events: [] };
  }
  const open = openItem(state, at, item);
  return {
    state: { ...state, open: [...state.open, open] },
    events: [{ type: 'itemAdded', itemId: open.itemId, item }],
  };
}

/** Applies a delta to its item, opening the item first where the server forgot to. */
function change(
  state: ResponseState,
  place: Place,
  kind: 'message' | 'reasoning',
  apply: (open: OpenItem) => { next: OpenItem; event: ModelEvent },
): ResponseStep {
  if (findOpen(state, place) === undefined && isDone(state, place)) return { state, events: [] };
  const known = findOpen(state, place) ?? lastOpen(state, place, kind);
  const open = known ?? openItem(state, place, emptyItem(kind, place));
  const { next, event } = apply(open);
  const events: ModelEvent[] = known === undefined ? [announce(open)] : [];
  const others = state.open.filter((other) => other !== open);
  return { state: { ...state, open: [...others, next] }, events: [...events, event] };
}

function done(state: ResponseState, place: Place, item: ResponseItem): ResponseStep {
  const at = { item_id: itemIdOf(item), output_index: place.output_index };
  const known = findOpen(state, at) ?? lastOpen(state, at, item.type);
  if (known === undefined && isKnownItem(state, at, item)) return { state, events: [] };
  const open = known ?? openItem(state, at, item);
  const events: ModelEvent[] = known === undefined ? [announce(open)] : [];
  return {
    state: {
      ...state,
      open: state.open.filter((other) => other !== open),
      done: [...state.done, { itemId: open.itemId, outputIndex: open.outputIndex, item }],
    },
    events: [...events, { type: 'itemDone', itemId: open.itemId, item }],
  };
}

function completed(before: ResponseState, response: ResponseObject): ResponseStep {
  let state = before;
  const events: ModelEvent[] = [];
  const take = (next: ResponseStep): void => {
    ({ state } = next);
    events.push(...next.events);
  };
  // A server that streams items repeats them here, some under other ids; one that does not has
  // them here only.
  if (state.done.length === 0) take(outputs(state, response));
  // A message that was never closed is whole all the same: the response says that it is complete.
  for (const open of state.open) {
    if (open.item.type === 'message') {
      take(done(state, { output_index: open.outputIndex }, partialItem(open)));
    }
  }
  take(interrupt(state));
  events.push({
    type: 'completed',
    responseId: response.id ?? state.responseId ?? '',
    usage: usageOf(response.usage),
    endTurn: response.end_turn ?? undefined,
  });
  return { state, events, end: { type: 'completed' } };
}

/** Takes the items of a response object as if each had just been finished. */
function outputs(before: ResponseState, response: ResponseObject): ResponseStep {
  let state = before;
  const events: ModelEvent[] = [];
  (response.output ?? []).forEach((value, index) => {
    const item = ResponseItem.safeParse(value);
    if (!item.success) return;
    const next = done(state, { output_index: index }, item.data);
    ({ state } = next);
    events.push(...next.events);
  });
  return { state, events };
}

/**
 * The place of an output counts for more than its id: gateways are known to give an item another id
 * in every event.
 */
function findOpen(state: ResponseState, place: Place): OpenItem | undefined {
  const byIndex =
    typeof place.output_index === 'number'
      ? state.open.find((open) => open.outputIndex === place.output_index)
      : undefined;
  return byIndex ?? state.open.find((open) => open.itemId === place.item_id);
}

/** For events that say nothing about where they belong. */
function lastOpen(state: ResponseState, place: Place, type: string): OpenItem | undefined {
  if (typeof place.output_index === 'number' || typeof place.item_id === 'string') return undefined;
  return state.open.findLast((open) => open.item.type === type);
}

function isDone(state: ResponseState, place: Place): boolean {
  return state.done.some(
    (item) =>
      item.itemId === place.item_id ||
      (typeof place.output_index === 'number' && item.outputIndex === place.output_index),
  );
}

/**
 * True for an item that has been finished before. Some servers number every item alike, so a place
 * that was used counts only for an item without an id of its own, or with the same content.
 */
function isKnownItem(state: ResponseState, at: Place, item: ResponseItem): boolean {
  return state.done.some((known) => {
    if (known.itemId === at.item_id) return true;
    if (typeof at.output_index !== 'number' || known.outputIndex !== at.output_index) return false;
    return typeof at.item_id !== 'string' || sameContent(known.item, item);
  });
}

function sameContent(left: ResponseItem, right: ResponseItem): boolean {
  return JSON.stringify({ ...left, id: null }) === JSON.stringify({ ...right, id: null });
}

function openItem(state: ResponseState, place: Place, item: ResponseItem): OpenItem {
  const count = state.open.length + state.done.length;
  return {
    itemId: place.item_id ?? `${state.idPrefix}_${count}`,
    outputIndex: place.output_index ?? undefined,
    item,
    text: '',
    summary: [],
    reasoning: [],
  };
}

function emptyItem(kind: 'message' | 'reasoning', place: Place): ResponseItem {
  const id = place.item_id ?? null;
  return kind === 'message'
    ? { type: 'message', id, role: 'assistant', content: [] }
    : { type: 'reasoning', id, summary: [] };
}

function announce(open: OpenItem): ModelEvent {
  return { type: 'itemAdded', itemId: open.itemId, item: open.item };
}

function partialItem(open: OpenItem): ResponseItem {
  const { item } = open;
  if (item.type === 'message') {
    return { ...item, content: [{ type: 'output_text', text: open.text }] };
  }
  if (item.type === 'reasoning') {
    return {
      ...item,
      summary: open.summary.map((text) => ({ type: 'summary_text', text })),
      ...(open.reasoning.length > 0 && {
        content: open.reasoning.map((text) => ({ type: 'reasoning_text', text })),
      }),
    };
  }
  return item;
}

function appendAt(parts: readonly string[], index: number, delta: string): readonly string[] {
  const next = [...parts];
  while (next.length <= index) next.push('');
  next[index] = (next[index] ?? '') + delta;
  return next;
}
