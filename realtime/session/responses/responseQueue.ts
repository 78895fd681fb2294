import { assertNever } from '../../../core/base/index.ts';
import type { ResponseOptions } from '../../protocol/index.ts';

/**
 * The server runs at most one response in the default conversation and refuses a second
 * `response.create` (realtime-v2 §12). This machine keeps that rule on our side: it sends when the
 * session is free and otherwise remembers what is wanted. Plain requests fold into one; a request with its
 * own options is never merged with another. No timer and no socket in here: inputs are facts, effects
 * are orders.
 */
export type ResponseRequest =
  | { readonly kind: 'plain' }
  | { readonly kind: 'own'; readonly options: ResponseOptions };

/** A response of the default conversation; some servers leave the id out. */
export type Running = { readonly responseId: string | undefined };

/** A `response.create` of ours on the wire. */
type Create = { readonly request: ResponseRequest; readonly eventId: string };

export type ResponseQueueState = {
  readonly requests: readonly ResponseRequest[];
  /** Number of creates sent so far; makes the next event id. */
  readonly sent: number;
  readonly slot:
    | { readonly phase: 'free' }
    | {
        readonly phase: 'requested';
        readonly create: Create;
        readonly retried: boolean;
        /** Runs in the conversation while a response beside it is asked for. */
        readonly running?: Running;
      }
    | {
        readonly phase: 'active';
        /** Unknown when only a refusal told us that one is running. */
        readonly responseId: string | undefined;
        /** The create this response seems to answer; a refusal may still prove that wrong. */
        readonly answers: Create | undefined;
      };
};

export type ResponseQueueInput =
  | { readonly type: 'requestMade'; readonly request: ResponseRequest }
  | {
      readonly type: 'responseCreated';
      readonly responseId: string | undefined;
      readonly outOfBand: boolean;
    }
  | { readonly type: 'responseEnded'; readonly responseId: string | undefined }
  | {
      readonly type: 'createRefused';
      readonly eventId: string | undefined;
      readonly activeResponseId: string | undefined;
    }
  | { readonly type: 'createFailed'; readonly eventId: string }
  | { readonly type: 'createUnanswered'; readonly eventId: string }
  /** The link was gone for a while: an end of the running response may have been missed. */
  | { readonly type: 'reconnected' }
  | { readonly type: 'disconnected' };

export type ResponseQueueEffect =
  | { readonly type: 'sendCreate'; readonly request: ResponseRequest; readonly eventId: string }
  /** Watch for the answer to this create; watching another one replaces it. */
  | { readonly type: 'watch'; readonly eventId: string }
  | { readonly type: 'unwatch' }
  /** The server answered neither the create nor its one repetition. */
  | { readonly type: 'stalled' };

export type ResponseQueueStep = {
  readonly state: ResponseQueueState;
  readonly effects: readonly ResponseQueueEffect[];
};

export const initialResponseQueue: ResponseQueueState = {
  requests: [],
  sent: 0,
  slot: { phase: 'free' },
};

export const plainRequest: ResponseRequest = { kind: 'plain' };

/** The response that runs in the default conversation, as far as the server has said. */
export function runningResponse({ slot }: ResponseQueueState): Running | undefined {
  if (slot.phase === 'active') return slot;
  return slot.phase === 'requested' ? slot.running : undefined;
}

const stay = (state: ResponseQueueState): ResponseQueueStep => ({ state, effects: [] });

export function step(state: ResponseQueueState, input: ResponseQueueInput): ResponseQueueStep {
  switch (input.type) {
    case 'requestMade': {
      const queued = { ...state, requests: fold(state.requests, input.request) };
      return state.slot.phase === 'free' ? sendNext(queued, []) : stay(queued);
    }
    case 'responseCreated':
      return created(state, input.responseId, input.outOfBand);
    case 'responseEnded':
      return ended(state, input.responseId);
    case 'createRefused':
      return refused(state, input.eventId, input.activeResponseId);
    case 'createFailed':
      // The server will not do this one at all (bad options, say): asking again would not help.
      return isOurs(state, input.eventId) ? requestOver(state, [{ type: 'unwatch' }]) : stay(state);
    case 'createUnanswered':
      return unanswered(state, input.eventId);
    case 'reconnected':
      // Were it still running, the server would refuse the next create, and that one waits again.
      return state.slot.phase === 'active'
        ? sendNext({ ...state, slot: { phase: 'free' } }, [])
        : stay(withoutRunning(state));
    case 'disconnected':
      return { state: initialResponseQueue, effects: [{ type: 'unwatch' }] };
    default:
      return assertNever(input, 'response queue input');
  }
}

function created(
  state: ResponseQueueState,
  responseId: string | undefined,
  outOfBand: boolean,
): ResponseQueueStep {
  // A response beside the conversation neither takes nor frees the slot.
  if (outOfBand) {
    const { slot } = state;
    const answersOurs = slot.phase === 'requested' && isOutOfBand(slot.create.request);
    return answersOurs ? requestOver(state, [{ type: 'unwatch' }]) : stay(state);
  }
  if (state.slot.phase !== 'requested') {
    // The server may start one by itself (voice activity), so this is legal in every phase.
    return stay({ ...state, slot: { phase: 'active', responseId, answers: undefined } });
  }
  const { create } = state.slot;
  if (isOutOfBand(create.request)) {
    return stay({ ...state, slot: { ...state.slot, running: { responseId } } });
  }
  return {
    state: { ...state, slot: { phase: 'active', responseId, answers: create } },
    effects: [{ type: 'unwatch' }],
  };
}

function ended(state: ResponseQueueState, responseId: string | undefined): ResponseQueueStep {
  const { slot } = state;
  if (slot.phase === 'requested' && slot.running !== undefined) {
    if (!mayBe(slot.running, responseId)) return stay(state);
    return stay(withoutRunning(state));
  }
  if (slot.phase !== 'active' || !mayBe(slot, responseId)) return stay(state);
  return sendNext({ ...state, slot: { phase: 'free' } }, []);
}

/** A late end of an earlier response must not free the slot of the current one. */
const mayBe = (running: Running, responseId: string | undefined): boolean =>
  running.responseId === undefined || responseId === undefined || running.responseId === responseId;

function withoutRunning(state: ResponseQueueState): ResponseQueueState {
  const { slot } = state;
  if (slot.phase !== 'requested') return state;
  const { create, retried } = slot;
  return { ...state, slot: { phase: 'requested', create, retried } };
}

/** What we asked for has come or never will; what runs in the conversation meanwhile runs on. */
function requestOver(
  state: ResponseQueueState,
  before: readonly ResponseQueueEffect[],
): ResponseQueueStep {
  const running = state.slot.phase === 'requested' ? state.slot.running : undefined;
  if (running === undefined) return sendNext({ ...state, slot: { phase: 'free' } }, before);
  const slot = { phase: 'active', responseId: running.responseId, answers: undefined } as const;
  return { state: { ...state, slot }, effects: before };
}

function refused(
  state: ResponseQueueState,
  eventId: string | undefined,
  activeResponseId: string | undefined,
): ResponseQueueStep {
  const { slot } = state;
  if (slot.phase === 'free') return stay(state);
  const create = slot.phase === 'requested' ? slot.create : slot.answers;
  if (create === undefined || (eventId !== undefined && eventId !== create.eventId)) {
    return stay(state);
  }
  // What was refused goes to the front again. A response that began meanwhile was the server's own.
  const responseId = runningResponse(state)?.responseId ?? activeResponseId;
  return {
    state: {
      ...state,
      requests: [
        create.request,
        ...state.requests.filter((request) => !sameMeaning(request, create.request)),
      ],
      slot: { phase: 'active', responseId, answers: undefined },
    },
    effects: slot.phase === 'requested' ? [{ type: 'unwatch' }] : [],
  };
}

function unanswered(state: ResponseQueueState, eventId: string): ResponseQueueStep {
  const { slot } = state;
  if (slot.phase !== 'requested' || slot.create.eventId !== eventId) return stay(state);
  if (slot.retried) {
    return requestOver(state, [{ type: 'unwatch' }, { type: 'stalled' }]);
  }
  return send(state, slot.create.request, true, [], slot.running);
}

function sendNext(
  state: ResponseQueueState,
  before: readonly ResponseQueueEffect[],
): ResponseQueueStep {
  const [request, ...requests] = state.requests;
  if (request === undefined) return { state, effects: before };
  return send({ ...state, requests }, request, false, before);
}

function send(
  state: ResponseQueueState,
  request: ResponseRequest,
  retried: boolean,
  before: readonly ResponseQueueEffect[],
  running?: Running,
): ResponseQueueStep {
  const eventId = `response_create_${state.sent + 1}`;
  return {
    state: {
      ...state,
      sent: state.sent + 1,
      slot: {
        phase: 'requested',
        create: { request, eventId },
        retried,
        ...(running !== undefined && { running }),
      },
    },
    effects: [...before, { type: 'sendCreate', request, eventId }, { type: 'watch', eventId }],
  };
}

const isOutOfBand = (request: ResponseRequest): boolean =>
  request.kind === 'own' && request.options.conversation === 'none';

function isOurs(state: ResponseQueueState, eventId: string): boolean {
  return state.slot.phase === 'requested' && state.slot.create.eventId === eventId;
}

const sameMeaning = (left: ResponseRequest, right: ResponseRequest): boolean =>
  left.kind === 'plain' && right.kind === 'plain';

function fold(
  requests: readonly ResponseRequest[],
  request: ResponseRequest,
): readonly ResponseRequest[] {
  return requests.some((other) => sameMeaning(other, request)) ? requests : [...requests, request];
}
