import { assertNever } from '../../../../core/base/index.ts';
import type { UserError } from '../../userError.ts';

/** Which way the voice may take; `auto` tries a call first. */
export type Connection = 'auto' | 'webrtc' | 'websocket';

export type LinkPhase =
  /** No conversation. */
  | 'idle'
  /** The browser is making its offer. */
  | 'offering'
  /** The engine has the offer, and the answer is not here. */
  | 'asking'
  /** The answer is here; the two sides are looking for a way to each other. */
  | 'joining'
  | 'call'
  /** The call may be gone, or come back by itself. */
  | 'unsure'
  /** The conversation goes by way of the engine. */
  | 'socket';

export type VoiceLinkState = {
  readonly phase: LinkPhase;
  readonly policy: Connection;
  /** Number of the current try; what belongs to an earlier one is passed over. */
  readonly attempt: number;
  /** True while a call is replaced by another in the same conversation. */
  readonly isRenewal: boolean;
  /** Why this conversation goes over WebSocket although a call was wanted. */
  readonly why: string | undefined;
  /** When calls of this conversation were renewed, as far as it counts. */
  readonly renewedAtMs: readonly number[];
  /** Calls found no way; until then a new conversation does not try again. */
  readonly avoidUntilMs: number;
};

/** Facts, in the past tense. */
export type LinkInput =
  | { readonly type: 'begun'; readonly policy: Connection }
  | { readonly type: 'ended' }
  | { readonly type: 'offerMade'; readonly attempt: number; readonly sdp: string }
  | { readonly type: 'offerFailed'; readonly attempt: number; readonly cause: string }
  | { readonly type: 'refused'; readonly attempt: number; readonly cause: string }
  | { readonly type: 'answered'; readonly attempt: number; readonly sdp: string }
  | { readonly type: 'answerFailed'; readonly attempt: number; readonly cause: string }
  | { readonly type: 'connected'; readonly attempt: number }
  | { readonly type: 'disconnected'; readonly attempt: number }
  | { readonly type: 'broke'; readonly attempt: number }
  /** The network came back or the computer woke up. */
  | { readonly type: 'networkChanged' }
  | { readonly type: 'checked'; readonly attempt: number; readonly isAlive: boolean }
  /** The time allowed for the phase is over. */
  | { readonly type: 'limitReached'; readonly attempt: number; readonly phase: LinkPhase };

export type LinkEffect =
  | { readonly type: 'makeOffer' }
  | { readonly type: 'requestCall'; readonly sdp: string }
  | { readonly type: 'acceptAnswer'; readonly sdp: string }
  | { readonly type: 'requestSocket' }
  | { readonly type: 'closeCall' }
  | { readonly type: 'check' }
  /** Media flows; the conversation may begin, or go on. */
  | { readonly type: 'joined' }
  | { readonly type: 'healed' }
  | { readonly type: 'doubted' }
  | { readonly type: 'renewing'; readonly cause: string }
  | { readonly type: 'fellBack'; readonly why: string }
  | { readonly type: 'failed'; readonly error: UserError };

export type LinkStep = { readonly state: VoiceLinkState; readonly effects: readonly LinkEffect[] };

const ICE_LIMIT_MS = 8_000;
const GRACE_MS = 5_000;
export const AVOID_CALLS_MS = 60_000;
const OFFER_LIMIT_MS = 5_000;
// Longer than what the engine allows itself, so that its own words on the cause come first.
const ANSWER_LIMIT_MS = 30_000;
const RENEWALS_AT_MOST = 3;
const RENEWALS_WITHIN_MS = 60_000;

export const noLink: VoiceLinkState = {
  phase: 'idle',
  policy: 'auto',
  attempt: 0,
  isRenewal: false,
  why: undefined,
  renewedAtMs: [],
  avoidUntilMs: 0,
};

/** How long a phase may last. */
export function limitMsOf(phase: LinkPhase): number | undefined {
  switch (phase) {
    case 'offering':
      return OFFER_LIMIT_MS;
    case 'asking':
      return ANSWER_LIMIT_MS;
    case 'joining':
      return ICE_LIMIT_MS;
    case 'unsure':
      return GRACE_MS;
    case 'idle':
    case 'call':
    case 'socket':
      return undefined;
  }
}

/** True while the conversation goes, or is about to go, by a call. */
export function isCall(phase: LinkPhase): boolean {
  return phase !== 'idle' && phase !== 'socket';
}

const stay = (state: VoiceLinkState): LinkStep => ({ state, effects: [] });

/**
 * How the voice travels: first by a call where that is wanted, over WebSocket once a call was not to be
 * had. The way back to calls is the next conversation, so the two never alternate.
 */
export function stepLink(state: VoiceLinkState, input: LinkInput, nowMs: number): LinkStep {
  if (input.type === 'begun') return begin(state, input.policy, nowMs);
  if (input.type === 'ended')
    return {
      state: { ...state, phase: 'idle', isRenewal: false },
      effects: isCall(state.phase) ? [{ type: 'closeCall' }] : [],
    };
  if (input.type === 'networkChanged') return changeNetwork(state, nowMs);
  if (input.attempt !== state.attempt) return stay(state);
  return stepAttempt(state, input, nowMs);
}

type AttemptInput = Extract<LinkInput, { readonly attempt: number }>;

function stepAttempt(state: VoiceLinkState, input: AttemptInput, nowMs: number): LinkStep {
  const { phase } = state;
  switch (input.type) {
    case 'offerMade':
      if (phase !== 'offering') return stay(state);
      return {
        state: { ...state, phase: 'asking' },
        effects: [{ type: 'requestCall', sdp: input.sdp }],
      };
    case 'offerFailed':
      return phase === 'offering' ? giveUp(state, input.cause) : stay(state);
    case 'refused':
      return phase === 'asking' || phase === 'joining'
        ? giveUp(state, `the call was refused: ${input.cause.replace(/\.$/u, '')}`)
        : stay(state);
    case 'answered':
      if (phase !== 'asking') return stay(state);
      return {
        state: { ...state, phase: 'joining' },
        effects: [{ type: 'acceptAnswer', sdp: input.sdp }],
      };
    case 'answerFailed':
      return phase === 'joining' ? giveUp(state, input.cause) : stay(state);
    case 'connected':
      return connect(state);
    case 'disconnected':
      if (phase !== 'call') return stay(state);
      return { state: { ...state, phase: 'unsure' }, effects: [{ type: 'doubted' }] };
    case 'broke':
      if (phase === 'joining') return noWay(state, nowMs);
      if (phase === 'call' || phase === 'unsure')
        return renew(state, 'the connection broke', nowMs);
      return stay(state);
    case 'checked':
      if (phase !== 'unsure') return stay(state);
      return input.isAlive ? connect(state) : renew(state, 'the network changed', nowMs);
    case 'limitReached':
      return input.phase === phase ? reachLimit(state, nowMs) : stay(state);
    default:
      return assertNever(input, 'link input');
  }
}

function begin(state: VoiceLinkState, policy: Connection, nowMs: number): LinkStep {
  const fresh: VoiceLinkState = {
    ...state,
    policy,
    phase: 'offering',
    attempt: state.attempt + 1,
    isRenewal: false,
    why: undefined,
    renewedAtMs: [],
  };
  const left: LinkEffect[] = isCall(state.phase) ? [{ type: 'closeCall' }] : [];
  if (policy === 'websocket')
    return { state: { ...fresh, phase: 'socket' }, effects: [...left, { type: 'requestSocket' }] };
  if (policy === 'auto' && nowMs < state.avoidUntilMs) {
    const why = 'a call found no way through the network a moment ago';
    return {
      state: { ...fresh, phase: 'socket', why },
      effects: [...left, { type: 'requestSocket' }],
    };
  }
  return { state: fresh, effects: [...left, { type: 'makeOffer' }] };
}

function connect(state: VoiceLinkState): LinkStep {
  if (state.phase === 'joining')
    return {
      state: { ...state, phase: 'call', isRenewal: false },
      effects: [{ type: 'joined' }],
    };
  return state.phase === 'unsure'
    ? { state: { ...state, phase: 'call' }, effects: [{ type: 'healed' }] }
    : stay(state);
}

function changeNetwork(state: VoiceLinkState, nowMs: number): LinkStep {
  // What was unsure before the change cannot count on the old way.
  if (state.phase === 'unsure') return renew(state, 'the network changed', nowMs);
  if (state.phase !== 'call') return stay(state);
  return {
    state: { ...state, phase: 'unsure' },
    effects: [{ type: 'doubted' }, { type: 'check' }],
  };
}

function reachLimit(state: VoiceLinkState, nowMs: number): LinkStep {
  switch (state.phase) {
    case 'offering':
      return giveUp(state, 'the browser did not offer a call in time');
    case 'asking':
      return giveUp(state, 'the provider did not answer the call in time');
    case 'joining':
      return noWay(state, nowMs);
    case 'unsure':
      return renew(state, 'the connection broke', nowMs);
    case 'idle':
    case 'call':
    case 'socket':
      return stay(state);
  }
}

/** The two sides did not find each other, which will be the same in the next minute. */
const noWay = (state: VoiceLinkState, nowMs: number): LinkStep =>
  giveUp(
    { ...state, avoidUntilMs: nowMs + AVOID_CALLS_MS },
    'the call found no way through the network',
  );

function renew(state: VoiceLinkState, cause: string, nowMs: number): LinkStep {
  const recent = state.renewedAtMs.filter((atMs) => nowMs - atMs < RENEWALS_WITHIN_MS);
  if (recent.length >= RENEWALS_AT_MOST)
    return giveUp(
      { ...state, avoidUntilMs: nowMs + AVOID_CALLS_MS },
      'the call broke again and again',
    );
  return {
    state: {
      ...state,
      phase: 'offering',
      attempt: state.attempt + 1,
      isRenewal: true,
      renewedAtMs: [...recent, nowMs],
    },
    effects: [{ type: 'closeCall' }, { type: 'renewing', cause }, { type: 'makeOffer' }],
  };
}

/** No call in this conversation: over to WebSocket where that is allowed. */
function giveUp(state: VoiceLinkState, cause: string): LinkStep {
  if (state.policy === 'auto')
    return {
      state: {
        ...state,
        phase: 'socket',
        attempt: state.attempt + 1,
        isRenewal: false,
        why: cause,
      },
      effects: [{ type: 'closeCall' }, { type: 'fellBack', why: cause }, { type: 'requestSocket' }],
    };
  return {
    state: { ...state, phase: 'idle', isRenewal: false },
    effects: [{ type: 'closeCall' }, { type: 'failed', error: callError(cause) }],
  };
}

const callError = (cause: string): UserError => ({
  message: `${cause.charAt(0).toUpperCase()}${cause.slice(1)}.`,
  hint: 'Try again, or choose Automatic or WebSocket as connection.',
});
