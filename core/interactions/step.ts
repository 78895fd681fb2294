import { assertNever } from '../base/index.ts';
import type { UserAnswers } from '../protocol/index.ts';
import { type Decider, onFailure, type People } from './answerers.ts';

/** How an interaction ended. Only an answer can allow anything. */
export type Resolution<Response> =
  | {
      readonly type: 'answered';
      readonly response: Response;
      readonly by: Decider | People;
      /** What people had answered of it before. */
      readonly known: UserAnswers;
    }
  | { readonly type: 'denied'; readonly by: Decider | 'voice'; readonly words: string | undefined }
  /** A decider without which nothing may be allowed could not decide. */
  | { readonly type: 'failed'; readonly by: Decider; readonly words: string }
  /** Nobody is there who could answer. */
  | { readonly type: 'nobody'; readonly words: string }
  | { readonly type: 'expired' }
  | { readonly type: 'withdrawn' };

type Answer<Response> = { readonly response: Response; readonly by: People };

/** One interaction. `Client` is whatever tells clients apart. */
export type State<Client, Response> =
  | {
      readonly phase: 'deciding';
      /** Who is being asked, and who comes after; when nobody is left, people are asked. */
      readonly deciders: readonly Decider[];
      /** People's answer to another interaction covers this one, should no decider object. */
      readonly covered: Answer<Response> | undefined;
    }
  | {
      readonly phase: 'open';
      /** Clients that have the request and may still answer it, maybe after they have come back. */
      readonly asked: ReadonlySet<Client>;
      readonly hasVoice: boolean;
      readonly known: UserAnswers | undefined;
      /** Why the last one that could not answer could not. */
      readonly lastRefusal: string;
    }
  | { readonly phase: 'resolved' };

type Decision<Response> =
  | { readonly type: 'answer'; readonly response: Response }
  | { readonly type: 'deny'; readonly words: string | undefined };

export type DeciderReply<Response> =
  | Decision<Response>
  | { readonly type: 'pass' }
  | { readonly type: 'fail'; readonly words: string };

export type Input<Client, Response> =
  | { readonly type: 'decided'; readonly by: Decider; readonly reply: DeciderReply<Response> }
  /** The request is out: these clients have it. */
  | { readonly type: 'opened'; readonly present: ReadonlySet<Client>; readonly hasVoice: boolean }
  /** The request cannot be put to anybody. */
  | { readonly type: 'refused'; readonly words: string }
  /** A client has begun to listen; `present` are all that listen now. */
  | { readonly type: 'joined'; readonly client: Client; readonly present: ReadonlySet<Client> }
  | { readonly type: 'clientAnswered'; readonly client: Client; readonly response: Response }
  /** That client cannot answer: it said so, or what it answered was unusable. */
  | { readonly type: 'clientOut'; readonly client: Client; readonly words: string }
  | { readonly type: 'voice'; readonly isThere: boolean }
  | { readonly type: 'voiceDecided'; readonly decision: Decision<Response> }
  | { readonly type: 'partlyAnswered'; readonly answers: UserAnswers }
  | { readonly type: 'covered'; readonly answer: Answer<Response> }
  /** Long enough has been waited for a client that is not there. */
  | { readonly type: 'patienceOver' }
  | { readonly type: 'expired' }
  | { readonly type: 'withdrawn' };

export type Effect<Client, Response> =
  | { readonly type: 'consult'; readonly decider: Decider }
  /** People's turn: put the request out, then say `opened`. */
  | { readonly type: 'open' }
  | { readonly type: 'ask'; readonly client: Client }
  /** Nobody has the request: say `patienceOver` after a while. */
  | { readonly type: 'waitForClients' }
  | { readonly type: 'tellPartlyAnswered'; readonly answers: UserAnswers }
  /** Comes exactly once. */
  | { readonly type: 'resolve'; readonly resolution: Resolution<Response> };

export type Step<Client, Response> = {
  readonly state: State<Client, Response>;
  readonly effects: readonly Effect<Client, Response>[];
};

const NOBODY = 'no client is connected to this thread';

/** An interaction begins with those who may decide it before people are asked, in their order. */
export function begin<Client, Response>(deciders: readonly Decider[]): Step<Client, Response> {
  return nextDecider({ phase: 'deciding', deciders, covered: undefined });
}

/**
 * The first answer counts, an interaction is resolved exactly once, and what comes late, twice or from
 * somebody who was not asked is passed over. Nothing but an answer ends it in anything but a refusal.
 */
export function step<Client, Response>(
  state: State<Client, Response>,
  input: Input<Client, Response>,
): Step<Client, Response> {
  if (state.phase === 'resolved') return stay(state);
  if (input.type === 'expired' || input.type === 'withdrawn') return resolve({ type: input.type });
  return state.phase === 'deciding' ? stepDeciding(state, input) : stepOpen(state, input);
}

type Phase<Client, Response, P extends string> = Extract<
  State<Client, Response>,
  { readonly phase: P }
>;
type Running<Client, Response> = Exclude<
  Input<Client, Response>,
  { readonly type: 'expired' | 'withdrawn' }
>;

function stepDeciding<Client, Response>(
  state: Phase<Client, Response, 'deciding'>,
  input: Running<Client, Response>,
): Step<Client, Response> {
  switch (input.type) {
    case 'decided':
      return state.deciders[0] === input.by ? decided(state, input.by, input.reply) : stay(state);
    case 'covered': {
      if (state.covered !== undefined) return stay(state);
      const covered = { ...state, covered: input.answer };
      return state.deciders.length > 0 ? stay(covered) : nextDecider(covered);
    }
    case 'refused':
      return resolve({ type: 'nobody', words: input.words });
    case 'opened': {
      if (state.deciders.length > 0) return stay(state);
      const { present, hasVoice } = input;
      return {
        state: {
          phase: 'open',
          asked: new Set(present),
          hasVoice,
          known: undefined,
          lastRefusal: NOBODY,
        },
        effects:
          present.size === 0
            ? [{ type: 'waitForClients' }]
            : Array.from(present, (client) => ({ type: 'ask', client })),
      };
    }
    // Nobody of these has been asked yet; who joins now is among those that will be.
    case 'joined':
    case 'clientAnswered':
    case 'clientOut':
    case 'voice':
    case 'voiceDecided':
    case 'partlyAnswered':
    case 'patienceOver':
      return stay(state);
    default:
      return assertNever(input, 'input of an interaction');
  }
}

function stepOpen<Client, Response>(
  state: Phase<Client, Response, 'open'>,
  input: Running<Client, Response>,
): Step<Client, Response> {
  const { known = {} } = state;
  switch (input.type) {
    case 'joined': {
      // The one that joins is taken for one that left.
      const asked = new Set(state.asked).intersection(input.present).add(input.client);
      return { state: { ...state, asked }, effects: [{ type: 'ask', client: input.client }] };
    }
    case 'clientAnswered':
      if (!state.asked.has(input.client)) return stay(state);
      return resolve({ type: 'answered', response: input.response, by: 'client', known });
    case 'clientOut': {
      if (!state.asked.has(input.client)) return stay(state);
      const asked = new Set(state.asked);
      asked.delete(input.client);
      return review({ ...state, asked, lastRefusal: input.words });
    }
    case 'voice': {
      const next = { ...state, hasVoice: input.isThere };
      return state.hasVoice && !input.isThere ? review(next) : stay(next);
    }
    case 'voiceDecided':
      return state.hasVoice ? resolve(decision(input.decision, 'voice', known)) : stay(state);
    case 'partlyAnswered': {
      const { answers } = input;
      return {
        state: { ...state, known: answers },
        effects: [{ type: 'tellPartlyAnswered', answers }],
      };
    }
    case 'covered':
      return resolve({ type: 'answered', ...input.answer, known });
    case 'patienceOver':
      return review(state);
    case 'decided':
    case 'opened':
    case 'refused':
      return stay(state);
    default:
      return assertNever(input, 'input of an interaction');
  }
}

function decided<Client, Response>(
  state: Phase<Client, Response, 'deciding'>,
  by: Decider,
  reply: DeciderReply<Response>,
): Step<Client, Response> {
  const others = { ...state, deciders: state.deciders.slice(1) };
  switch (reply.type) {
    case 'answer':
    case 'deny':
      return resolve(decision(reply, by, {}));
    case 'pass':
      return nextDecider(others);
    case 'fail':
      if (onFailure[by] === 'pass') return nextDecider(others);
      return resolve({ type: 'failed', by, words: reply.words });
    default:
      return assertNever(reply, 'reply');
  }
}

function decision<Response>(
  given: Decision<Response>,
  by: Decider | 'voice',
  known: UserAnswers,
): Resolution<Response> {
  if (given.type === 'deny') return { type: 'denied', by, words: given.words };
  return { type: 'answered', response: given.response, by, known };
}

function nextDecider<Client, Response>(
  state: Phase<Client, Response, 'deciding'>,
): Step<Client, Response> {
  const [decider] = state.deciders;
  if (decider !== undefined) return { state, effects: [{ type: 'consult', decider }] };
  if (state.covered !== undefined) {
    return resolve({ type: 'answered', ...state.covered, known: {} });
  }
  return { state, effects: [{ type: 'open' }] };
}

/** Refused once nobody could answer; who has left without a word may come back. */
function review<Client, Response>(state: Phase<Client, Response, 'open'>): Step<Client, Response> {
  if (state.asked.size > 0 || state.hasVoice) return stay(state);
  return resolve({ type: 'nobody', words: state.lastRefusal });
}

const stay = <Client, Response>(state: State<Client, Response>): Step<Client, Response> => ({
  state,
  effects: [],
});

const resolve = <Client, Response>(resolution: Resolution<Response>): Step<Client, Response> => ({
  state: { phase: 'resolved' },
  effects: [{ type: 'resolve', resolution }],
});
